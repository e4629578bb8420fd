"""`make drill`: the failures that a stack is built for, on the stack itself, before somebody's eyes."""

import os

from toolchain import environment
from toolchain.clone import VENV


def drill() -> None:
    """Become the drill, on the Python that has the library. Raises `Failed` before the set-up."""
    python = str(VENV / "bin" / "python")
    os.execve(python, [python, "-B", "-m", "toolchain.drill"], environment.full())  # noqa: S606  # no shell is wanted
