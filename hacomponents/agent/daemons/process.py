"""Any program that serves and has no reload, such as Thin: it is restarted, and watched until it answers."""

from ..supervisor import Program
from .balanced import Balanced
from .restarted import Restarted


class Process(Balanced, Restarted):
    """The proof is what its own start wrote down, and a healthy answer."""

    def program(self) -> Program:
        """Run the command of the bundle."""
        directory, environment = self.service.get("directory"), self.service.get("environment")
        return Program(
            self.service.get("command"),
            stop_signal=self.service.get("stop_signal", "TERM"),
            directory=self.current + directory if directory else None,
            user=self.service.get("user"),
            variables=self.service.get("variables", {}),
            environment=self.current + environment if environment else None,
            directories=self.service.get("writable", []),
            all_ends=True,
        )
