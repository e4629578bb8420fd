"""The two kinds of command."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from toolchain.conformance.engine import Object
    from toolchain.plugins.rpc import Values

LOCAL, REMOTE = "command:local:Command", "command:remote:Command"
HOST = {"host": "192.0.2.1"}
"""A connection to nowhere."""


@dataclass(frozen=True)
class Kind:
    """A kind of command: its token, and the inputs that it cannot do without."""

    token: str
    base: Values

    def inputs(self, **given: object) -> Values:
        """Return the inputs of a command."""
        return self.base | given


def output(made: Object) -> tuple[object, object]:
    """Return what a resource says it wrote to stdout and stderr."""
    return made.outputs["stdout"], made.outputs["stderr"]
