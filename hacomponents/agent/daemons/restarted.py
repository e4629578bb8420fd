"""What programs without a reload have in common: they are restarted, and their own start wrote down what they serve."""

import typing

from .base import Daemon


class Restarted(Daemon):
    """A program that takes a new configuration by a new start."""

    loads_later = False

    def check(self, release: str) -> None:
        """Nothing can be checked before it runs."""

    def serving(self) -> typing.Optional[str]:
        """Read what its start wrote down."""
        if self.supervisor.pid(self.name) is None:
            return None
        return self.supervisor.started_with(self.name)

    def reload(self) -> None:
        """Restart it."""
        self.restart()
