"""One change of a host at a time: a lock that says who holds it since when, and that dies with its holder."""

import contextlib
import fcntl
import os
import time
import typing

from .errors import Busy


@contextlib.contextmanager
def held(path: str, who: str, *, patient: bool = False) -> typing.Iterator[None]:
    """Hold the lock at ``path`` as ``who``. Raises Busy if somebody else does, or waits for it if ``patient``."""
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
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | (0 if patient else fcntl.LOCK_NB))
    except BlockingIOError:
        raise Busy(f"Busy: this host is being changed by {holder(path) or 'somebody'}; nothing was changed")
