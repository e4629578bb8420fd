"""When a procedure may be ended from outside: by SIGTERM or SIGINT, once, and only where it can go back."""

import contextlib
import signal
import typing

from ..errors import StepFailed

NUMBERS = (signal.SIGTERM, signal.SIGINT)


def listen() -> None:
    """From now on the first of these signals raises StepFailed; those after it do nothing."""
    for number in NUMBERS:
        signal.signal(number, _interrupt)


def ignore() -> None:
    """From now on these signals do nothing."""
    for number in NUMBERS:
        signal.signal(number, signal.SIG_IGN)


@contextlib.contextmanager
def allowed() -> typing.Iterator[None]:
    """Listen to these signals inside, and ignore them afterwards."""
    listen()
    try:
        yield
    finally:
        ignore()


def _interrupt(number: int, _frame: object) -> None:
    ignore()
    raise StepFailed(f"interrupted by {signal.Signals(number).name}")
