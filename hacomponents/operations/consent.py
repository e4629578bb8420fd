"""Asking before something is broken or taken away."""

from __future__ import annotations

import sys

from hacomponents.operations.errors import OperationFailed


def require(operation: str, stack: str, *, agreed: bool, remedy: str, spared: str) -> None:
    """Have the user type the stack's name, unless they agreed beforehand. Raises `OperationFailed`.

    Args:
        operation: what is about to be done, after it was told what that takes.
        stack: its name.
        agreed: whether the user agreed beforehand; somebody must, where nobody is at a terminal.
        remedy: the command that agrees beforehand.
        spared: what did not happen, for the error.
    """
    if agreed:
        return
    if not sys.stdin.isatty():
        raise OperationFailed(operation, f"nobody is at a terminal to agree; {spared}", remedy)
    if input(f"To agree, type the stack's name ({stack}): ").strip() != stack:
        raise OperationFailed(operation, f"you did not agree; {spared}", remedy)
