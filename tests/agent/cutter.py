"""Runs inside a box: a verb of the agent which fails, or is sent a signal, just before step AT.

``python3 -c TEXT AT END VERB``: AT is a number, words that a step begins with, or "none"; END is "fail" or a signal.
Nothing of it is in the product. A step is whatever changes a file, starts a program, sends a signal or asks a daemon:
Python's own audit events, which come just before each of them.
"""

import errno
import os
import signal
import sys
import typing

LOOKS = ("socket.connect",)  # looking at the same place again is no new step
STEPS = (
    "fcntl.flock",
    "os.chmod",
    "os.chown",
    "os.kill",
    "os.mkdir",
    "os.remove",
    "os.rename",
    "os.rmdir",
    "os.symlink",
    "os.truncate",
    "os.utime",
    "subprocess.Popen",
    *LOOKS,
)
NEVER = "none"
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT


class Cutter:
    """Counts steps; the ``end``, "fail" or a signal, comes at the one that is called ``at`` or has that number."""

    def __init__(self, at: str, end: str) -> None:
        self.taken = 0
        self._at = at
        self._end = end
        self._seen = ""

    def watch(self, event: str, arguments: tuple[typing.Any, ...]) -> None:
        """See an audit event."""
        if not _is_step(event, arguments):
            return
        step = " ".join([event, *(str(argument) for argument in arguments[:2])])
        if step == self._seen and event in LOOKS:
            return
        self._seen = step
        self.taken += 1
        if self._at in (str(self.taken), step[: len(self._at)]):
            self._at = NEVER
            self._cut(step)

    def _cut(self, step: str) -> None:
        sys.stderr.write(f"CUT {self.taken} {step}\n")
        sys.stderr.flush()
        if self._end == "fail":
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        os.kill(os.getpid(), getattr(signal, self._end))


def _is_step(event: str, arguments: tuple[typing.Any, ...]) -> bool:
    if event == "open":
        return isinstance(arguments[0], str) and arguments[0] != os.devnull and bool(arguments[2] & WRITING)
    return event in STEPS


def main(arguments: typing.Sequence[str]) -> int:
    """Run the verb."""
    sys.dont_write_bytecode = True
    sys.path.insert(0, "/usr/local/lib/hacomponents")
    from agent.__main__ import main as agent  # type: ignore[import-not-found]  # noqa: PLC0415  # of the box

    cutter = Cutter(arguments[0], arguments[1])
    sys.addaudithook(cutter.watch)
    status: int = agent(arguments[2:])
    sys.stderr.write(f"STEPS {cutter.taken}\n")
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
