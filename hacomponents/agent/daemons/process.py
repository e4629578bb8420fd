"""Any program that serves and has no reload, such as Thin: it is restarted, and watched until it answers."""

from .. import draining
from ..supervisor_runit import Mark, Program
from .restarted import Restarted


class Process(Restarted):
    """The proof is what its own start wrote down, and a healthy answer."""

    @property
    def patience(self) -> float:
        """Seconds until it must answer."""
        return float(self.service.get("health_timeout", 30))

    def program(self) -> Program:
        """Run the command of the bundle."""
        directory = self.service.get("directory")
        return Program(
            self.service.get("command"),
            stop_signal=self.service.get("stop_signal", "TERM"),
            directory=self.current + directory if directory else None,
            user=self.service.get("user"),
            environment=self.service.get("environment", {}),
            directories=self.service.get("writable", []),
        )

    def prove(self, digest: str, mark: Mark) -> None:
        """As every daemon; then balancers may send it requests again, and do before the next one leaves."""
        super().prove(digest, mark)
        port = self.service.get("port")
        if port:
            self._draining.join(port)
            self.machine.wait(lambda: self._draining.is_known(port, draining.UP), draining.PATIENCE)

    def leave(self) -> None:
        """Have balancers send no more requests; those under way go on."""
        port = self.service.get("port")
        if port:
            self._draining.leave(port)
            known = draining.TWICE
            self.machine.wait(lambda: self._draining.is_known(port, draining.DOWN, known), draining.PATIENCE)

    @property
    def _draining(self) -> draining.Draining:
        return draining.Draining(self.run)
