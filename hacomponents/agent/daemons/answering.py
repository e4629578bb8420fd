"""What daemons that answer HTTP have in common: a real request tells whether they are well."""

from ..bundle import required, rules
from .base import Daemon

SUCCESS = range(200, 300)


class Answering(Daemon):
    """A daemon that is well while it answers ``health``."""

    health: str = required(rules.url)

    def is_healthy(self) -> bool:
        """Tell whether a real request is answered."""
        return self.machine.get(self.health)[0] in SUCCESS

    def ailment(self) -> str:
        """Return what `is_healthy` sees, for a person."""
        status, words = self.machine.get(self.health)
        return f"GET {self.health}: {status or words}"
