"""Another process that does the same again and again, as fast as it can, while a test looks."""

from __future__ import annotations

import os
import signal
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@contextmanager
def again_and_again(*actions: Callable[[], object]) -> Iterator[None]:
    """Have a process of its own do all `actions` in turn, from before the body to its end; none of them may fail."""
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            _do(actions)
            os.write(write, b"done once")
            while True:
                _do(actions)
        finally:
            os._exit(1)
    os.close(write)
    try:
        assert os.read(read, 1)
        yield
    finally:
        os.close(read)
        os.kill(child, signal.SIGKILL)
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    assert -signal.SIGKILL == status


def _do(actions: tuple[Callable[[], object], ...]) -> None:
    for action in actions:
        action()
