"""How the toolchain fails: step, cause, remedy."""

from __future__ import annotations


class StepFailed(Exception):  # noqa: N818 - it reads "the step failed"
    """A step cannot be done.

    Args:
        step: what was being done.
        cause: what went wrong; may have several lines.
        remedy: what the reader can do about it.

    Attributes:
        step: as given.
        cause: as given.
    """

    def __init__(self, step: str, cause: str, remedy: str) -> None:
        self.step = step
        self.cause = cause
        lines = "\n".join(f"  {line}" for line in cause.rstrip().splitlines())
        super().__init__(f"error: {step}\n{lines}\n  remedy: {remedy}")
