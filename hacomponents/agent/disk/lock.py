"""One change of a host at a time: a lock that says who holds it since when, and that dies with its holder."""

import contextlib
import fcntl
import os
import time
import typing

from ..errors import Busy

BRIEFLY = 1  # second that nobody is refused for: somebody only looked who holds it, or a guard is on its way home
STEP = 0.05


@contextlib.contextmanager
def held(path: str, who: str, *, patient: bool = False) -> typing.Iterator[None]:
    """Hold the lock at ``path`` as ``who``. Raises Busy if somebody else does for more than a second.

    If ``patient``, waits for it.
    """
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        _acquire(handle, path, patient=patient)
        os.ftruncate(handle, 0)
        since = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        os.pwrite(handle, f"{who} (pid {os.getpid()}) since {since}".encode(), 0)
        yield
    finally:
        os.close(handle)


def holder(path: str) -> str:
    """Return who holds the lock at ``path``; empty if nobody does."""
    try:
        with open(path) as stream:
            fcntl.flock(stream, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return ""
    except BlockingIOError:
        with open(path) as stream:
            return stream.read() or "somebody"
    return ""


def _acquire(handle: int, path: str, *, patient: bool) -> None:
    if patient:
        fcntl.flock(handle, fcntl.LOCK_EX)
        return
    deadline = time.monotonic() + BRIEFLY
    while not _is_free(handle):
        if time.monotonic() >= deadline:
            raise Busy(holder(path) or "somebody")
        time.sleep(STEP)


def _is_free(handle: int) -> bool:
    """Take the lock, if nobody has it."""
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
