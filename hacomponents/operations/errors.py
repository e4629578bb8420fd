"""How an operation fails: what was done, cause, remedy."""

from __future__ import annotations


class OperationFailed(Exception):  # noqa: N818 - it reads "the operation failed"
    """An operation cannot be done, or has found something wrong.

    Args:
        operation: what was done, and to which stack.
        cause: what is wrong; may have several lines.
        remedy: what the reader can do about it.
    """

    def __init__(self, operation: str, cause: str, remedy: str) -> None:
        lines = "\n".join(f"  {line}" for line in cause.rstrip().splitlines())
        super().__init__(f"error: {operation}\n{lines}\n  remedy: {remedy}")
