"""The agent's own services: `watchdog` beside keepalived, `agent-check` beside the servers of a balancer."""

from ..supervisor import Program
from .restarted import Restarted


class Companion(Restarted):
    """A verb of the agent that runs for good. The proof is what its own start wrote down, and that it goes on."""

    def program(self) -> Program:
        """Run the verb; before everything else, since others may keep a busy host's processor for long."""
        command = ["nice", "-n", "-20", "hacomponents-agent", self.service.kind]
        return Program(command, stop_signal="TERM", health=False)

    def is_healthy(self) -> bool:
        """Tell whether it runs, and answers where it is asked."""
        return "up" in self._answer() if self.service.get("port") else self.supervisor.pid(self.name) is not None

    def ailment(self) -> str:
        """Return what `is_healthy` sees, for a person."""
        return f"{self.name} answers: {self._answer() or 'nothing'}" if self.service.get("port") else "does not run"

    def _answer(self) -> str:
        return self.machine.ask((self.service.get("address"), self.service.get("port")), "0")
