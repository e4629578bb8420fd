"""What all daemons have in common."""

import signal
import typing

from ..bundle import Kind, Service
from ..disk.draining import Draining
from ..errors import StepFailed
from ..machine import Machine, Result
from ..new_connections import NewConnections
from ..supervisor import Mark, Program, Supervisor

TAIL = 30  # lines of a daemon's log that an error shows
NEXT = 1  # second: a failure that is logged may be that of the reload before; then this one comes at once


class Daemon(Kind):
    """One service's daemon on this machine: its fields in the bundle, and how it is run, asked and told.

    ``current`` is the release in force, ``run`` the agent's folder in /run.
    """

    # Whether it may be about to load another release while it still says that it serves this one.
    loads_later = True

    def __init__(self, service: Service, machine: Machine, supervisor: Supervisor, current: str, run: str) -> None:
        super().__init__(service)
        self.name = service.name
        self.machine = machine
        self.supervisor = supervisor
        self.current = current
        self.run = run
        self.draining = Draining(run)
        self.new_connections = NewConnections(machine)

    @property
    def patience(self) -> float:
        """Seconds until a started or reloaded daemon must have proved itself."""
        return 10

    def check(self, release: str) -> None:
        """Have the daemon check its files in the release at the path ``release``. Raises StepFailed if it refuses."""
        raise NotImplementedError

    def program(self) -> Program:
        """Return how the daemon is run."""
        raise NotImplementedError

    def serving(self) -> typing.Optional[str]:
        """Return the digest of the slice that the running daemon serves, from its own mouth, or None."""
        raise NotImplementedError

    def reload(self) -> None:
        """Have the running daemon take what is in force now. Raises StepFailed if it says that it cannot."""
        raise NotImplementedError

    def restart(self) -> None:
        """Stop it, when it gets no requests any more, and start it anew."""
        self.leave()
        self.supervisor.stop(self.name)
        self.supervisor.start(self.name)

    def restore(self) -> None:
        """Bring back what the power took and others rely on, before anything of the host starts. Raises StepFailed."""

    def erase(self) -> None:
        """Take back what outlives the daemon, when that is gone for good. Raises StepFailed."""

    def leave(self) -> None:
        """Have no new request come, before the daemon ends; those whose VIP has moved away get none."""

    def finish(self, seconds: float) -> None:
        """Have what is under way end, in about so many seconds, where no new connection comes. Raises StepFailed."""

    def is_healthy(self) -> bool:
        """Tell whether it does what it is for."""
        raise NotImplementedError

    def ailment(self) -> str:
        """Return what `is_healthy` sees, for a person."""
        raise NotImplementedError

    def prove(self, digest: str, mark: Mark) -> None:
        """Wait until the daemon serves ``digest`` and answers.

        ``mark`` says where its log ended before. Raises StepFailed, with what it has logged since.
        """
        if self.machine.wait(lambda: self.serving() == digest and self.is_healthy(), self.patience):
            return
        served = self.serving()
        evidence = [] if served == digest else [f"  serves {served or 'nothing'}, should serve {digest}"]
        evidence += [f"  {self.ailment()}", self.words_since(mark)]
        raise StepFailed(f"{self.name} does not serve the new configuration", "\n".join(evidence))

    def refuse(self, result: Result) -> None:
        """Raise StepFailed for a check that has not passed."""
        raise StepFailed(f"{self.service.kind} refused the new configuration", result.evidence)

    def signal(
        self, number: signal.Signals, done: typing.Callable[[], bool], failed: typing.Callable[[Mark], bool]
    ) -> None:
        """Send a signal for a reload, and wait until it is ``done``, or has ``failed`` since the mark in the log.

        Raises StepFailed if it is not done, with the log since.
        """
        mark = self.supervisor.mark(self.name)
        self.supervisor.signal(self.name, number)
        self.machine.wait(lambda: done() or failed(mark), self.patience)
        if not self.machine.wait(done, NEXT):
            raise StepFailed(f"{self.name} did not reload", self.words_since(mark))

    def words_since(self, mark: Mark) -> str:
        """Return the last lines that the daemon has logged since ``mark``, for an error."""
        lines = self.supervisor.words_since(self.name, mark).strip().splitlines()[-TAIL:]
        return "\n".join(
            [f"  {self.name} said:" if lines else f"  {self.name} said nothing", *("  " + line for line in lines)]
        )
