"""haproxy: its master starts a new worker on SIGUSR2, which takes the listening sockets over from the old one."""

import signal
import typing

from ..supervisor_runit import Program
from .base import Daemon


class Haproxy(Daemon):
    """The proof is ``description`` in ``show info`` on the statistics socket: the worker that listens there answers."""

    failure = ("Loading failure!", "Exiting.")

    def check(self, release: str) -> None:
        """Run ``haproxy -c``; a warning is a refusal too (``-c`` itself passes with warnings)."""
        result = self.machine.attempt(["haproxy", "-c", "-f", release + self.service.get("config")])
        if result.status != 0 or "[WARNING]" in result.words or "[ALERT]" in result.words:
            self.refuse(result)

    def program(self) -> Program:
        """Run a master in the foreground; SIGUSR1 lets sessions finish."""
        command = ["haproxy", "-Ws", "-S", "{}/{}.master,level,admin,mode,600".format(self.run, self.name)]
        command += ["-f", self.current + self.service.get("config")]
        folder = self.service.get("socket").rpartition("/")[0]
        return Program(command, stop_signal="USR1", directories=[folder])

    def serving(self) -> typing.Optional[str]:
        """Ask the statistics socket."""
        for line in self.machine.ask(self.service.get("socket"), "show info").splitlines():
            if line.startswith("description: "):
                return line.partition(": ")[2].strip()
        return None

    def reload(self) -> None:
        """Send SIGUSR2 to the master; a failure leaves the old worker serving."""
        self.signal(signal.SIGUSR2)
