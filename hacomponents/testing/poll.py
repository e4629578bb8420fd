"""Waiting for a fact, with a deadline."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")


def eventually(check: Callable[[], T], *, within: float = 10, every: float = 0.1) -> T:
    """Call `check` until it returns something true without an `AssertionError`.

    Args:
        check: what must become true; its docstring or its error says what that is.
        within: seconds until the deadline. Default: 10.
        every: seconds between two calls. Default: 0.1.

    Returns:
        What `check` returned.

    Raises:
        AssertionError: at the deadline, with the last error or value.
    """
    deadline = time.monotonic() + within
    while True:
        try:
            value = check()
        except AssertionError as error:
            last = str(error)
        else:
            if value:
                return value
            last = f"it is {value!r}"
        if time.monotonic() >= deadline:
            message = f"not within {within:g} s: {_what(check)}: {last}"
            raise AssertionError(message)
        time.sleep(every)


def _what(check: Callable[[], object]) -> str:
    return str(check.__doc__ or getattr(check, "__name__", "a condition")).strip()
