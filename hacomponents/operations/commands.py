"""The commands that remedies name, as their reader types them: by make in this library's clone, else by themselves."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Commands:
    """Commands about one stack.

    Args:
        up: brings the stack up, whatever has become of its hosts.
        status: asks its hosts.
        drill: breaks its hosts on purpose.
        agree: what to add to a command that asks for agreement, so that it does not ask.
        clear: removes what Docker has of the stack though this backend does not know it.
    """

    up: str
    status: str
    drill: str
    agree: str
    clear: str


def of_console(stack: str) -> Commands:
    """Those for any Pulumi project, by the name of the stack."""
    return Commands(
        up=f"pulumi up --refresh --stack {stack}",
        status=f"hacomponents status --stack {stack}",
        drill=f"hacomponents drill --stack {stack}",
        agree="--yes",
        clear=f"pulumi destroy --stack {stack}, there",
    )
