"""Waiting for a fact, with a deadline."""

from __future__ import annotations

import time
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from hacomponents.testing.answers import NoAnswer
from hacomponents.testing.docker import DockerError

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")

NOT_YET = (AssertionError, DockerError, NoAnswer)
"""What a look may meet before the fact is there: a host that boots runs no command, and answers nobody."""
LOOKS = 20
"""How often it is looked at least: where a look takes long, on a busy machine, the deadline is as much later."""


def eventually(check: Callable[[], T], *, within: float = 10, every: float = 0.1) -> T:
    """Call `check` until it returns something true, and raises none of what means "not yet" (`NOT_YET`).

    Args:
        check: what must become true; its docstring or its error says what that is.
        within: seconds until the deadline, which is not before the twentieth call. Default: 10.
        every: seconds between two calls. Default: 0.1.

    Returns:
        What `check` returned.

    Raises:
        AssertionError: at the deadline, with the last error or value.
    """
    began = time.monotonic()
    looks = 0
    while True:
        try:
            value = check()
        except NOT_YET as error:
            last = str(error)
        else:
            if value:
                return value
            last = f"it is {value!r}"
        looks += 1
        took = time.monotonic() - began
        if took >= within and looks >= LOOKS:
            message = f"not within {took:.0f} s, in {looks} looks: {_what(check)}: {last}"
            raise AssertionError(message)
        time.sleep(every)


def _what(check: Callable[[], object]) -> str:
    told = check.func if isinstance(check, partial) else check
    return str(told.__doc__ or getattr(told, "__name__", "a condition")).strip()
