"""Any program that serves and has no reload, such as Thin: it is restarted, and watched until it answers."""

import typing

from ..bundle import optional, required, rules
from ..supervisor import Program
from .balanced import Balanced
from .restarted import Restarted


class Process(Balanced, Restarted):
    """The proof is what its own start wrote down, and a healthy answer."""

    command: typing.Sequence[str] = required(rules.many(rules.word))
    user: typing.Optional[str] = optional(rules.user)
    directory: typing.Optional[str] = optional(rules.path)
    variables: typing.Mapping[str, str] = optional(rules.variables, {})
    stop_signal: str = optional(rules.signal, "TERM")

    def program(self) -> Program:
        """Run the command of the bundle."""
        return Program(
            self.command,
            stop_signal=self.stop_signal,
            directory=self.current + self.directory if self.directory else None,
            user=self.user,
            variables=self.variables,
            environment=self.environment_folder,
            directories=self.writable,
            all_ends=True,
        )
