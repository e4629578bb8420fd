"""Waiting for a fact, with a deadline."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")
EVERY = 0.1
"""Seconds between two looks."""


def eventually(check: Callable[[], T], *, within: float = 10) -> T:
    """Call `check` until it returns something true; what it returned.

    Args:
        check: may raise `AssertionError` meanwhile.
        within: seconds until the deadline. Default: 10.

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
        if time.monotonic() > deadline:
            message = f"not within {within:g} s: {check.__doc__ or getattr(check, '__name__', 'a condition')}: {last}"
            raise AssertionError(message)
        time.sleep(EVERY)
