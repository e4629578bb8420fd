"""What a script wrote: kept whole, shown line by line."""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING, NamedTuple

from toolchain.plugins.rpc import Context, Severity, Values

if TYPE_CHECKING:
    from collections.abc import Callable

_LOGGED = {"stdout": ("stdout",), "stderr": ("stderr",), "stdoutAndStderr": ("stdout", "stderr"), "none": ()}


class Output(NamedTuple):
    """The outputs of a resource: what was written to each stream, without one newline at the end."""

    stdout: str
    stderr: str


class Capture:
    """Collects both streams of one run, and logs the lines of those that `logging` names."""

    def __init__(self, ctx: Context, inputs: Values) -> None:
        """Log beside the resource of `ctx`, as `inputs` say."""
        logged = _LOGGED[inputs.get("logging", "stdoutAndStderr")]
        self._lock = Lock()
        self._both = bytearray()
        self.stdout = Stream(self._note, ctx if "stdout" in logged else None)
        self.stderr = Stream(self._note, ctx if "stderr" in logged else None)

    def output(self) -> Output:
        """Return what was written so far."""
        return Output(self.stdout.text(), self.stderr.text())

    def interleaved(self) -> str:
        """Return both streams in the order of arrival, untrimmed."""
        return _decoded(self._both)

    def _note(self, data: bytes) -> None:
        with self._lock:
            self._both += data


class Stream:
    """One stream; `feed` and `close` are called by one thread."""

    def __init__(self, note: Callable[[bytes], None], log: Context | None) -> None:
        """Pass on every piece to `note`, and every line to `log`."""
        self._note = note
        self._log = log
        self._bytes = bytearray()
        self._line = bytearray()

    def feed(self, data: bytes) -> None:
        """Take the next bytes."""
        self._note(data)
        self._bytes += data
        *lines, rest = data.split(b"\n")
        for line in lines:
            self._show(self._line + line)
            self._line.clear()
        self._line += rest

    def close(self) -> None:
        """Log the last line, if it has no newline."""
        if self._line:
            self._show(self._line)

    def text(self) -> str:
        """Return all of it, without one newline at the end; bytes that are not UTF-8 become U+FFFD."""
        return _decoded(self._bytes).removesuffix("\n")

    def _show(self, line: bytearray) -> None:
        if self._log:
            self._log.log(Severity.INFO, _decoded(line.removesuffix(b"\r")), ephemeral=True)


def _decoded(data: bytearray) -> str:
    return data.decode("utf-8", errors="replace")
