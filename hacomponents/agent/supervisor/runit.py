"""Daemons under runit: a directory for each below /etc/service.

Its scripts are links into the release in force: the one link that is swapped also swaps how daemons are started.
"""

import os
import signal
import typing

from ..disk import files
from ..disk.layout import Layout
from ..errors import StepFailed
from ..machine import Machine, Result
from . import runit_scripts
from .contract import GUARD, Supervisor
from .program import ByHand, Mark, Program
from .runit_scripts import SCRIPTS

SERVICES = "/etc/service"
STOP_SECONDS = 15
KILL_SECONDS = 3  # until a killed process, or a log that nobody writes to any more, has ended
PICKUP_SECONDS = 12  # runsvdir looks for new directories every 5 s
UNSUPERVISED = ("runsv not running", "unable to open supervise/ok")  # words of `sv`
SIGNALS = {signal.SIGHUP: "hup", signal.SIGUSR1: "1", signal.SIGUSR2: "2"}
GUARD_RUN = """\
#!/bin/sh
# Made by hacomponents. Waits for the push under way; if it was killed, puts the host back on the release before.
exec hacomponents-agent heal
"""


class Runit(Supervisor):
    """runit. Process 1 of a container is ours, and looks for new services when it is asked to."""

    reserved = (SERVICES,)

    def __init__(self, layout: Layout, machine: Machine) -> None:
        super().__init__(layout, machine)
        self._services = layout.at(SERVICES)
        self._state = layout.run + "/supervise"

    def run_files(self, name: str, program: Program, digest: str, release: str) -> typing.Dict[str, str]:
        """Return the service's scripts."""
        texts = runit_scripts.rendered(self._layout, name, program, digest, release)
        return {_script(name, script): text for script, text in texts.items()}

    def prepare(self) -> None:
        """Make the folder of services, and that of their state, which is gone with the power."""
        files.make_directory(self._state)
        files.make_directory(self._services)

    def names(self) -> typing.List[str]:
        """Return the services that are installed, but for the guard."""
        return [name for name in files.names(self._services) if name[0] != "." and self._is_ours(name)]

    def install(self, name: str) -> None:
        """Have the service supervised, and so started, as the release in force says. Supervised already is fine."""
        links = _links(self._layout.current, name)
        if os.path.isdir(self._gone(name)):  # its removal was cut off
            _make_links(self._gone(name), links)
            files.rename(self._gone(name), self._directory(name))
            self._ask_init_to_rescan()
        self._make(name, dict(links, **{"log/supervise": f"{self._state}/{name}.log"}))

    def follow(self, name: str, release: str) -> None:
        """Have the service, if it is installed, go by its scripts of the release at the path ``release``.

        Whatever its process does meanwhile, its end is noticed only while these are there.
        """
        if os.path.isdir(self._directory(name)):
            _make_links(self._directory(name), _links(release, name))

    def remove(self, name: str, release: str) -> None:
        """Stop the service and forget it. Not there is fine. Raises StepFailed if it does not end.

        It ends by the scripts of the release at the path ``release``: the one in force has none for it any more.
        """
        gone = self._gone(name)
        if os.path.isdir(self._directory(name)):
            files.remove(gone)
            files.rename(self._directory(name), gone)
        if os.path.isdir(gone):
            _make_links(gone, _links(release, name))
            self._end(name, gone)
            files.remove(gone)
        self._forget_start(name)

    def _end(self, name: str, directory: str) -> None:
        """Have the service and its own supervisor end. Raises StepFailed if they do not."""
        self._revoke_permits(name)
        result = self._machine.attempt(["sv", "-w", str(STOP_SECONDS), "force-shutdown", directory], STOP_SECONDS + 5)
        if result.status == 0 or _is_unsupervised(result):
            return

        def is_gone() -> bool:
            return _is_unsupervised(self._machine.attempt(["sv", "status", directory]))

        # `sv` gives up at the moment at which it kills. The supervisor then waits for the log, and the log for whoever
        # else writes to it: a process without its mark in a session of its own.
        if self._machine.wait(is_gone, KILL_SECONDS):
            return
        log = files.text(f"{directory}/log/supervise/pid").strip()
        if log:
            self._machine.signal(-int(log), signal.SIGKILL)
        if not self._machine.wait(is_gone, KILL_SECONDS):
            raise StepFailed(f"{name} does not end", result.evidence)

    def forget(self, name: str) -> None:
        """Remove the service while no supervisor runs."""
        files.remove(self._directory(name))

    def start(self, name: str) -> None:
        """Start the service if it does not run. Raises StepFailed if nobody supervises it."""
        command = ["sv", "up", self._directory(name)]
        if not self._machine.wait(lambda: self._machine.attempt(command).status == 0, PICKUP_SECONDS):
            raise StepFailed(f"runit does not supervise {name}", self._machine.attempt(command).evidence)

    def stop(self, name: str) -> None:
        """Ask the service to end, and kill it after 15 s."""
        self._machine.attempt(
            ["sv", "-w", str(STOP_SECONDS), "force-stop", self._directory(name)], timeout=STOP_SECONDS + 5
        )
        self._forget_start(name)

    def signal(self, name: str, number: signal.Signals) -> None:
        """Send the service's process SIGHUP, SIGUSR1 or SIGUSR2."""
        self._machine.run(["sv", SIGNALS[number], self._directory(name)])

    def pid(self, name: str) -> typing.Optional[int]:
        """Return the pid of the running service, or None."""
        text = files.text(self._directory(name) + "/supervise/pid").strip()
        return int(text) if text.isdigit() and self.state(name) == "run" else None

    def state(self, name: str) -> str:
        """Return runit's word for the service's state (run, down, finish), or "unknown"."""
        return (files.text(self._directory(name) + "/supervise/stat").split(",")[0].strip()) or "unknown"

    def mark(self, name: str) -> Mark:
        """Return where the service's log ends now, for `words_since`."""
        try:
            status = os.stat(self._log(name))
        except OSError:
            return 0, 0
        return status.st_ino, status.st_size

    def words_since(self, name: str, mark: Mark) -> str:
        """Return what the service has logged since ``mark``."""
        inode, size = self.mark(name)
        text = files.text(self._log(name))
        return text[mark[1] :] if (inode, size >= mark[1]) == (mark[0], True) else text

    def raise_guard(self) -> None:
        """Have somebody heal the host if this process is killed."""
        self._make(GUARD, {}, {"run": GUARD_RUN, "down": ""})
        self.start(GUARD)

    def lower_guard(self) -> None:
        """Send the guard home. It may be the caller, which this ends."""
        self._machine.attempt(["sv", "down", self._directory(GUARD)])

    def by_hand(self, name: str) -> ByHand:
        """Return commands of ``sv``, forced: a process that hangs does not heed its signal to end."""
        return ByHand(start=f"sv up {name}", restart=f"sv force-restart {name}", log=f"tail {self._log(name)}")

    def _make(
        self, name: str, links: typing.Mapping[str, str], texts: typing.Optional[typing.Mapping[str, str]] = None
    ) -> None:
        directory = self._directory(name)
        if os.path.isdir(directory):
            return
        fresh = os.path.join(self._services, f".{name}.new")
        files.remove(fresh)
        # State of a running system: gone with its power, so that nobody reads a pid of before.
        links = dict(links, supervise=f"{self._state}/{name}")
        _make_links(fresh, links)
        for script, text in sorted((texts or {}).items()):
            files.make_directory(fresh)
            files.write(os.path.join(fresh, script), text.encode(), 0o755)
        files.make_directory(os.path.join(self._layout.logs, name))
        files.rename(fresh, directory)
        self._ask_init_to_rescan()

    def _ask_init_to_rescan(self) -> None:
        """Have a container's process 1 look for new directories now; runsvdir finds them by itself, later."""
        pid = files.text(self._layout.run + "/init.pid").strip()
        if pid:
            self._machine.signal(int(pid), signal.SIGUSR1)

    def _is_ours(self, name: str) -> bool:
        run = files.target(os.path.join(self._directory(name), "run")) or ""
        return run.startswith(self._layout.base + "/")

    def _directory(self, name: str) -> str:
        return os.path.join(self._services, name)

    def _gone(self, name: str) -> str:
        return os.path.join(self._services, f".{name}.gone")

    def _log(self, name: str) -> str:
        return os.path.join(self._layout.logs, name, "current")


def _is_unsupervised(result: Result) -> bool:
    """Tell whether that is what `sv` says."""
    return any(words in result.words for words in UNSUPERVISED)


def _script(name: str, script: str) -> str:
    """Return where a script of the service is below a release: also below those of earlier versions of the agent."""
    return f"runit/{name}/{script}"


def _links(release: str, name: str) -> typing.Dict[str, str]:
    """Return where the scripts of a service are in the release at the path ``release``."""
    return {script: f"{release}/{_script(name, script)}" for script in SCRIPTS}


def _make_links(directory: str, links: typing.Mapping[str, str]) -> None:
    for script, target in sorted(links.items()):
        files.make_directory(os.path.dirname(os.path.join(directory, script)))
        files.link(os.path.join(directory, script), target)
