"""`make diagram` and `make docs`: stacks as drawings, taken from what their programs declare."""

import os
from typing import NoReturn

from toolchain import environment
from toolchain.clone import VENV
from toolchain.setup import set_up


def diagram() -> None:
    """Draw the stack that is asked for, into diagrams/."""
    set_up()
    _become("stack")


def docs() -> None:
    """Draw every architecture anew for docs/stacks/, and renew what its page takes from the code."""
    set_up()
    _become("docs")


def _become(what: str) -> NoReturn:
    """On the Python that has the library."""
    python = str(VENV / "bin" / "python")
    os.execve(python, [python, "-B", "-m", "toolchain.diagram", what], environment.full())  # noqa: S606  # no shell is wanted
