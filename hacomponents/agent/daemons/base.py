"""What all daemons have in common."""

import signal
import typing

from ..bundle import Service
from ..errors import Failed
from ..machine import Machine, Result
from ..supervisor_runit import Program, Runit


class Daemon:
    """One service's daemon on this machine."""

    # Words in the log that end the wait for a reload: the daemon has said that it failed.
    failure = ()  # type: typing.Sequence[str]
    patience = 10.0  # seconds until a started or reloaded daemon must have proved itself

    def __init__(self, service: Service, machine: Machine, supervisor: Runit, current: str, run: str) -> None:
        self.service = service
        self.name = service.name
        self.machine = machine
        self.supervisor = supervisor
        self.current = current
        self.run = run

    def check(self, release: str) -> None:
        """Have the daemon check its files in the release at the path ``release``. Raises Failed if it refuses."""
        raise NotImplementedError

    def program(self) -> Program:
        """Return how the daemon is run."""
        raise NotImplementedError

    def serving(self) -> typing.Optional[str]:
        """Return the digest of the slice that the running daemon serves, from its own mouth, or None."""
        raise NotImplementedError

    def reload(self) -> None:
        """Have the running daemon take what is in force now."""
        raise NotImplementedError

    def is_healthy(self) -> bool:
        """Tell whether a real request is answered."""
        return self.machine.get(self.service.get("health"))[0] // 100 == 2

    def prove(self, digest: str, mark: typing.Tuple[int, int]) -> None:
        """
        Wait until the daemon serves ``digest`` and answers.

        ``mark`` says where its log ended before. Raises Failed, with what it has logged since.
        """

        def is_decided() -> bool:
            return self._is_proved(digest) or self._has_failed(mark)

        self.machine.wait(is_decided, self.patience)
        if not self._is_proved(digest):
            words = self.supervisor.words_since(self.name, mark).strip()
            raise Failed(
                "{} does not serve the new configuration".format(self.name),
                "\n".join(["  {} said:".format(self.name)] + ["  " + line for line in words.splitlines()[-40:]]),
            )

    def refuse(self, result: Result) -> None:
        """Raise Failed for a check that has not passed."""
        raise Failed("{} refused the new configuration".format(self.service.kind), result.evidence)

    def signal(self, number: signal.Signals) -> None:
        """Send the daemon a signal."""
        self.supervisor.signal(self.name, number)

    def _is_proved(self, digest: str) -> bool:
        return self.serving() == digest and self.is_healthy()

    def _has_failed(self, mark: typing.Tuple[int, int]) -> bool:
        words = self.supervisor.words_since(self.name, mark) if self.failure else ""
        return any(word in words for word in self.failure)
