"""What servers behind a balancer have in common: they leave it before they end, and join it when they are well."""

import typing

from ..bundle import optional, rules
from ..disk import draining
from ..supervisor import Mark
from .answering import Answering

FINISH = 3  # seconds for connections to end; our nginx keeps none for more than two, others may


class Balanced(Answering):
    """A server of an application, known to its balancers by its port."""

    health_timeout: float = optional(rules.seconds, 30)
    port: typing.Optional[int] = optional(rules.port)
    environment: typing.Optional[str] = optional(rules.path)  # a folder with a file a variable
    writable: typing.Sequence[str] = optional(rules.many(rules.path), ())
    of_application = True

    @property
    def patience(self) -> float:
        """Seconds until it must answer."""
        return float(self.health_timeout)

    def prove(self, digest: str, mark: Mark) -> None:
        """As every daemon; then balancers may send it requests again, and do before the next one leaves.

        A proxy that does not ask may come in again when it is well: some servers let requests wait while they start.
        """
        super().prove(digest, mark)
        self.new_connections.allow()
        port = self.port
        if port:
            self.draining.join(port)
            self.machine.wait(lambda: self.draining.is_known(port, draining.UP), draining.PATIENCE)

    @property
    def environment_folder(self) -> typing.Optional[str]:
        """Where its environment is on the host."""
        return self.current + self.environment if self.environment else None

    def leave(self) -> None:
        """Have balancers send no more requests; those under way go on.

        A proxy that does not ask is refused new connections, and goes to another server at once.
        """
        port = self.port
        if not port:
            return
        self.draining.leave(port)
        known = draining.TWICE
        self.machine.wait(lambda: self.draining.is_known(port, draining.DOWN, known), draining.PATIENCE)
        if not self.draining.is_asked(port):
            self.new_connections.reject(port)
            self.machine.wait(lambda: not self.machine.connections(port), FINISH)
