"""Daemons under runit: a directory for each below /etc/service.

Its scripts are links into the release in force: the one link that is swapped also swaps how daemons are started.
"""

import os
import shlex
import signal
import typing

from ..disk import files
from ..disk.layout import Layout
from ..errors import StepFailed
from ..machine import Machine, Result

GUARD = "guard"
STOP_SECONDS = 15
KILL_SECONDS = 3  # until a killed process, or a log that nobody writes to any more, has ended
PICKUP_SECONDS = 12  # runsvdir looks for new directories every 5 s
UNSUPERVISED = ("runsv not running", "unable to open supervise/ok")  # words of `sv`
SIGNALS = {signal.SIGHUP: "hup", signal.SIGUSR1: "1", signal.SIGUSR2: "2"}
SCRIPTS = ("run", "finish", "control/t", "log/run")
VARIABLE = "HACOMPONENTS_SERVICE"  # in the environment of all that an application has started

RUN = """\
#!/bin/sh
# Made by hacomponents. Starts {name} from release {release}; {digest} is what it serves.
exec 2>&1
{preparation}
echo $$ > {pids}/{name}
echo {digest} {release} > {loaded}/{name}.$$.new && mv {loaded}/{name}.$$.new {loaded}/{name}
{announcement}
exec {command}
"""

ANNOUNCEMENT = """\
echo 0 > {permits}/{name}.$$
(hacomponents-agent ready {name} $$ &)"""

FINISH = """\
#!/bin/sh
# Made by hacomponents. {name} has ended: tell keepalived at once, then clear what it left behind.
echo 1 > {track}/{name}
# Without its permit, a check that is still under way cannot declare the daemon well again.
rm -f {permits}/{name}.*
echo 1 > {track}/{name}
if read -r group < {pids}/{name}; then
{wait_for_children}    kill -KILL "-$group" 2>/dev/null
    rm -f {pids}/{name}
fi
{sweep}{strays}echo "{name}: ended (exit $1, signal $2)" >&2
"""

# keepalived's child gives the VIP up by itself when its parent dies, which is faster for the peer than to miss adverts.
WAIT_FOR_CHILDREN = """\
    tries=0
    while [ "$tries" -lt 20 ] && kill -0 "-$group" 2>/dev/null; do
        tries=$((tries + 1))
        sleep 0.05
    done
"""

STRAYS = """\
# What it has left behind in other groups goes, too: it would keep the port from the next start.
strays() {{
    grep -lsz '^{variable}={name}$' /proc/[0-9]*/environ
{as_user}}}
tries=0
while [ "$tries" -lt 20 ] && left=$(strays | cut -d / -f 3) && [ -n "$left" ]; do
    kill -KILL $left 2>/dev/null
    tries=$((tries + 1))
    sleep 0.05
done
"""

# In a container, root may not look at other users' processes; they themselves may.
AS_USER = """\
    chpst -u {user} grep -lsz '^{variable}={name}$' /proc/[0-9]*/environ
"""

SWEEP = """\
for vip in {vips}; do
    ip -o address show to "$vip" | while read -r _ interface _ address _; do
        ip address del "$address" dev "$interface"
    done
done
"""

STOP = """\
#!/bin/sh
# Made by hacomponents. How {name} is asked to end.
read -r pid < supervise/pid && kill -{stop_signal} "$pid"
"""

LOG = """\
#!/bin/sh
# Made by hacomponents. The words of {name}: kept here, and shown on the console. One group, which can be ended.
exec chpst -P sh -c 'tee /dev/stderr | svlogd -tt {logs}/{name}'
"""

GUARD_RUN = """\
#!/bin/sh
# Made by hacomponents. Waits for the push under way; if it was killed, puts the host back on the release before.
exec hacomponents-agent heal
"""


Mark = typing.Tuple[int, int]  # where a log ended: its inode and its size


class Program(typing.NamedTuple):
    """How a daemon is run: what a supervisor needs to know of it."""

    command: typing.Sequence[str]
    stop_signal: str
    directory: typing.Optional[str] = None
    user: typing.Optional[str] = None
    environment: typing.Mapping[str, str] = {}
    directories: typing.Sequence[str] = ()  # made before it starts, where missing, and given to the owner
    owner: typing.Optional[str] = None  # the user, where none is given
    vips: typing.Sequence[str] = ()  # taken off the host when it has ended
    health: bool = True  # whether its answers are checked after a start
    all_ends: bool = False  # whether its end is that of all that it has started, in whatever group


class Runit:
    """The supervisor of a host. ``name`` is always a service's name."""

    def __init__(self, layout: Layout, machine: Machine) -> None:
        self._layout = layout
        self._machine = machine

    def scripts(self, name: str, program: Program, digest: str, release: str) -> typing.Dict[str, str]:
        """Return the scripts that run ``program``, by their paths below a release."""
        layout = self._layout
        words = {
            "name": name,
            "digest": digest,
            "release": release,
            "pids": layout.pids,
            "permits": layout.permits,
            "loaded": layout.loaded,
            "track": layout.track,
            "logs": layout.logs,
            "stop_signal": program.stop_signal,
            "preparation": _preparation(name, program),
            "strays": _strays(name, program) if program.all_ends else "",
            "command": _command(program),
            "wait_for_children": WAIT_FOR_CHILDREN if program.vips else "",
            "sweep": SWEEP.format(vips=" ".join(vip.partition("/")[0] for vip in program.vips)) if program.vips else "",
        }
        announcement = ANNOUNCEMENT.format(**words) if program.health else ""
        texts = dict(zip(SCRIPTS, (RUN.format(announcement=announcement, **words), FINISH, STOP, LOG)))
        rendered = {script: text if script == "run" else text.format(**words) for script, text in texts.items()}
        return {f"runit/{name}/{script}": text for script, text in rendered.items()}

    def names(self) -> typing.List[str]:
        """Return the services that are installed, but for the guard."""
        return [name for name in files.names(self._layout.services) if name[0] != "." and self._is_ours(name)]

    def install(self, name: str) -> None:
        """Have the service supervised, and so started, as the release in force says. Supervised already is fine."""
        links = _links(self._layout.current, name)
        if os.path.isdir(self._gone(name)):  # its removal was cut off
            _make_links(self._gone(name), links)
            files.rename(self._gone(name), self._directory(name))
            self._ask_init_to_rescan()
        self._make(name, dict(links, **{"log/supervise": f"{self._layout.supervise}/{name}.log"}))

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

    def _revoke_permits(self, name: str) -> None:
        """Have nobody wait until the service is well."""
        for permit in files.names(self._layout.permits):
            if permit.rpartition(".")[0] == name:
                files.remove(os.path.join(self._layout.permits, permit))

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

    def started_with(self, name: str) -> typing.Optional[str]:
        """Return the digest that the service's last start, or its last proof, wrote down."""
        return next(iter(files.text(os.path.join(self._layout.loaded, name)).split()), None)

    def note_loaded(self, name: str, digest: str, release: str) -> None:
        """Write down what the service was proved to serve, and from which release; its start does the same."""
        files.write(os.path.join(self._layout.loaded, name), f"{digest} {release}\n".encode())

    def _forget_start(self, name: str) -> None:
        """Have nobody take what an ended process was started with for what the next one is."""
        files.remove(os.path.join(self._layout.loaded, name))

    def raise_guard(self) -> None:
        """Have somebody heal the host if this process is killed."""
        self._make(GUARD, {}, {"run": GUARD_RUN, "down": ""})
        self.start(GUARD)

    def lower_guard(self) -> None:
        """Send the guard home. It may be the caller, which this ends."""
        self._machine.attempt(["sv", "down", self._directory(GUARD)])

    def _make(
        self, name: str, links: typing.Mapping[str, str], texts: typing.Optional[typing.Mapping[str, str]] = None
    ) -> None:
        directory = self._directory(name)
        if os.path.isdir(directory):
            return
        fresh = os.path.join(self._layout.services, f".{name}.new")
        files.remove(fresh)
        # State of a running system: gone with its power, so that nobody reads a pid of before.
        links = dict(links, supervise=f"{self._layout.supervise}/{name}")
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
        return os.path.join(self._layout.services, name)

    def _gone(self, name: str) -> str:
        return os.path.join(self._layout.services, f".{name}.gone")

    def _log(self, name: str) -> str:
        return os.path.join(self._layout.logs, name, "current")


def _is_unsupervised(result: Result) -> bool:
    """Tell whether that is what `sv` says."""
    return any(words in result.words for words in UNSUPERVISED)


def _links(release: str, name: str) -> typing.Dict[str, str]:
    """Return where the scripts of a service are in the release at the path ``release``."""
    return {script: f"{release}/runit/{name}/{script}" for script in SCRIPTS}


def _make_links(directory: str, links: typing.Mapping[str, str]) -> None:
    for script, target in sorted(links.items()):
        files.make_directory(os.path.dirname(os.path.join(directory, script)))
        files.link(os.path.join(directory, script), target)


def _strays(name: str, program: Program) -> str:
    words = {"variable": VARIABLE, "name": name, "user": program.user}
    return STRAYS.format(as_user=AS_USER.format(**words) if program.user else "", **words)


def _preparation(name: str, program: Program) -> str:
    owner = program.owner or program.user
    options = f"-o {owner} " if owner else ""
    # One that is there is left alone: it may be the system's own. A new volume is nobody's.
    places = [shlex.quote(path) for path in program.directories]
    lines = [f"[ -d {place} ] || install -d {options}{place}" for place in places]
    if owner:
        lines += [f"if mountpoint -q {place} && [ -O {place} ]; then chown {owner} {place}; fi" for place in places]
    lines += [f"export {VARIABLE}={name}"] if program.all_ends else []
    # The directory itself, not the link to it: an old process must not see a new release's files.
    lines += [f"cd -P {shlex.quote(program.directory)} || exit 1"] if program.directory else []
    return "\n".join(lines)


def _command(program: Program) -> str:
    # A process group of its own, for `finish` to clear.
    words = ["chpst", "-P"] + (["-u", program.user] if program.user else [])
    variables = [f"{name}={value}" for name, value in sorted(program.environment.items())]
    words += (["env", *variables] if variables else []) + list(program.command)
    return " ".join(shlex.quote(word) for word in words)
