"""memcached: its options stand in a file, one a line, as Debian's do; a new start is an empty memory."""

from ..bundle import required, rules
from ..supervisor import Program
from .restarted import Restarted


class Memcached(Restarted):
    """The proof is what its own start wrote down, and that it tells its version."""

    config: str = required(rules.path)
    address: str = required(rules.address)
    port: int = required(rules.port)

    def program(self) -> Program:
        """Run it with the options of its file."""
        config = self.current + self.config
        return Program(["sh", "-c", 'exec memcached $(grep "^-" "$0")', config], stop_signal="TERM", health=False)

    def is_healthy(self) -> bool:
        """Tell whether it answers."""
        return self._answer().startswith("VERSION ")

    def ailment(self) -> str:
        """Return what `is_healthy` sees, for a person."""
        return f"{self.name} answers: {self._answer() or 'nothing'}"

    def _answer(self) -> str:
        return self.machine.ask((self.address, self.port), "version\r\nquit\r")
