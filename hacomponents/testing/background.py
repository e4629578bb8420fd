"""Programs that run in a container while a test goes on."""

from __future__ import annotations

import json
import subprocess
import tempfile
import threading
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from hacomponents.testing.docker import DockerError

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType
    from typing import Self

REPORT_DEADLINE = 30.0
SHOWN = 2000  # characters of a report of nothing but failures

Report = TypeVar("Report")


class Background(Generic[Report]):
    """A program that runs while the body of the `with` statement does.

    It says "running" when it has begun, may say how it stands, a line of JSON each time, goes on until its standard
    input ends, and writes its report: the last such line.

    Attributes:
        report: what it saw; there after the `with` statement.
    """

    report: Report

    def __init__(self, command: list[str], read: Callable[[dict[str, Any]], Report]) -> None:
        self._command = command
        self._read = read
        self._said = "{}"

    @property
    def now(self) -> dict[str, Any]:
        """How it stands, as last said; empty before that."""
        state: dict[str, Any] = json.loads(self._said)
        return state

    def __enter__(self) -> Self:
        """Start; returns when the program has begun. Raises `AssertionError` if it could not."""
        self._errors = tempfile.TemporaryFile("w+")  # until `_end`
        pipe = subprocess.PIPE
        # In a session of its own: Ctrl-C is for whoever runs us, and the program ends when its input does.
        self._process = subprocess.Popen(
            self._command, stdin=pipe, stdout=pipe, stderr=self._errors, text=True, start_new_session=True
        )
        first = self._process.stdout.readline() if self._process.stdout else ""
        self._reader = threading.Thread(target=self._listen, daemon=True)
        self._reader.start()
        if first.strip() != "running":
            message = f"the program could not begin: {first}{self._end()}"
            raise AssertionError(message)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop it and read its report. Raises `DockerError` if it failed."""
        errors = self._end()
        if self._process.returncode:
            message = f"the program failed (exit {self._process.returncode}): {errors}"
            raise DockerError(message)
        self.report = self._read(self.now)

    def _listen(self) -> None:
        for line in self._process.stdout or ():
            self._said = line

    def _end(self) -> str:
        """Wait until it has said everything; its errors."""
        if self._process.stdin:
            self._process.stdin.close()
        self._process.wait(REPORT_DEADLINE)
        self._reader.join(REPORT_DEADLINE)
        with self._errors as errors:
            errors.seek(0)
            return errors.read()
