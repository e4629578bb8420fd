"""What any supervisor does for the agent; `tests/agent/supervisor` holds each of them to it."""

import os
import signal
import typing

from ..disk import files
from ..disk.layout import Layout
from ..machine import Machine
from .program import ByHand, Mark, Program

GUARD = "guard"  # no service has this name


class Supervisor:
    """Runs the services of a host, and starts again what has ended. ``name`` is always a service's name.

    A start, whoever caused it, writes down below `Layout` what others rely on: the process group, in ``pids``; the
    digest and the release, in ``loaded``; and where the service's health is checked, a permit, in ``permits``, with
    which ``hacomponents-agent ready`` may say that it is well.

    An end, whoever caused it, at once makes the service's track file say FAULT, and takes the permit away. Then all of
    the process group ends, VIPs of the service leave the host, and it is started again unless it was stopped.
    """

    reserved: typing.Sequence[str] = ()  # folders of the supervisor's own, where no file of a bundle may be

    def __init__(self, layout: Layout, machine: Machine) -> None:
        self._layout = layout
        self._machine = machine

    def run_files(self, name: str, program: Program, digest: str, release: str) -> typing.Dict[str, str]:
        """Return the texts by which ``program`` is run from ``release``, by their paths below the release."""
        raise NotImplementedError

    def prepare(self) -> None:
        """Make the folders that the other methods take for granted."""
        raise NotImplementedError

    def names(self) -> typing.List[str]:
        """Return the services that are installed, but for the guard."""
        raise NotImplementedError

    def install(self, name: str) -> None:
        """Have the service supervised, and so started, as the release in force says. Supervised already is fine."""
        raise NotImplementedError

    def follow(self, name: str, release: str) -> None:
        """Have the service, if it is installed, go by its files of the release at the path ``release``.

        Whatever its process does meanwhile, its end is noticed only while these are there.
        """
        raise NotImplementedError

    def remove(self, name: str, release: str) -> None:
        """Stop the service and forget it. Not there is fine. Raises StepFailed if it does not end.

        It ends by the files of the release at the path ``release``: the one in force has none for it any more.
        """
        raise NotImplementedError

    def forget(self, name: str) -> None:
        """Remove the service while nothing of the host runs: at boot."""
        raise NotImplementedError

    def start(self, name: str) -> None:
        """Start the service if it does not run. Raises StepFailed if nobody supervises it."""
        raise NotImplementedError

    def stop(self, name: str) -> None:
        """Ask the service to end by its own signal, and kill it after 15 s. It is not started again."""
        raise NotImplementedError

    def signal(self, name: str, number: signal.Signals) -> None:
        """Send the service's process SIGHUP, SIGUSR1 or SIGUSR2."""
        raise NotImplementedError

    def pid(self, name: str) -> typing.Optional[int]:
        """Return the pid of the running service, or None."""
        raise NotImplementedError

    def state(self, name: str) -> str:
        """Return the service's state: run, down, finish (its end is being cleared up), or unknown."""
        raise NotImplementedError

    def mark(self, name: str) -> Mark:
        """Return where the service's log ends now, for `words_since`."""
        raise NotImplementedError

    def words_since(self, name: str, mark: Mark) -> str:
        """Return what the service has logged since ``mark``."""
        raise NotImplementedError

    def raise_guard(self) -> None:
        """Have ``hacomponents-agent heal`` run beside this process, and so when this one is killed."""
        raise NotImplementedError

    def lower_guard(self) -> None:
        """Send the guard home. It may be the caller, which this ends."""
        raise NotImplementedError

    def by_hand(self, name: str) -> ByHand:
        """Return what a person does on the host to start the service, to restart it, or to read its log."""
        raise NotImplementedError

    def started_with(self, name: str) -> typing.Optional[str]:
        """Return the digest that the service's last start, or its last proof, wrote down."""
        return next(iter(files.text(self._loaded(name)).split()), None)

    def note_loaded(self, name: str, digest: str, release: str) -> None:
        """Write down what the service was proved to serve, and from which release; its start does the same."""
        files.write(self._loaded(name), f"{digest} {release}\n".encode())

    def _forget_start(self, name: str) -> None:
        """Have nobody take what an ended process was started with for what the next one is."""
        files.remove(self._loaded(name))

    def _revoke_permits(self, name: str) -> None:
        """Have nobody wait until the service is well."""
        for permit in files.names(self._layout.permits):
            if permit.rpartition(".")[0] == name:
                files.remove(os.path.join(self._layout.permits, permit))

    def _loaded(self, name: str) -> str:
        return os.path.join(self._layout.loaded, name)
