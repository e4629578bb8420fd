"""The agent's own services: `watchdog` beside keepalived, `agent-check` beside the servers of a balancer."""

import typing

from ..bundle import optional, required, rules
from ..supervisor import Program
from .restarted import Restarted


class Companion(Restarted):
    """A verb of the agent that runs for good. The proof is what its own start wrote down, and that it goes on."""

    def program(self) -> Program:
        """Run the verb; before everything else, since others may keep a busy host's processor for long."""
        command = ["nice", "-n", "-20", "hacomponents-agent", self.service.kind]
        return Program(command, stop_signal="TERM", health=False)


class Watchdog(Companion):
    """Nobody asks it: it is well while it runs."""

    witnesses: typing.Sequence[str] = optional(rules.many(rules.address), ())

    def is_healthy(self) -> bool:
        """Tell whether it runs."""
        return self.supervisor.pid(self.name) is not None

    def ailment(self) -> str:
        """Return what `is_healthy` sees, for a person."""
        return "does not run"


class AgentCheck(Companion):
    """It is asked at its address and port, and so it is well while it answers."""

    files: typing.Sequence[str] = optional(rules.many(rules.prefix), ())
    address: str = required(rules.address)
    port: int = required(rules.port)

    def is_healthy(self) -> bool:
        """Tell whether it answers."""
        return "up" in self._answer()

    def ailment(self) -> str:
        """Return what `is_healthy` sees, for a person."""
        return f"{self.name} answers: {self._answer() or 'nothing'}"

    def _answer(self) -> str:
        return self.machine.ask((self.address, self.port), "0")
