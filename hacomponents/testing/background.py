"""Programs that run in a container while a test goes on."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from hacomponents.testing.docker import DockerError

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType
    from typing import Self

REPORT_DEADLINE = 30.0

Report = TypeVar("Report")


class Background(Generic[Report]):
    """A program that runs while the body of the `with` statement does.

    It says "running" when it has begun, goes on until its standard input ends, and writes its report as JSON.

    Attributes:
        report: what it saw; there after the `with` statement.
    """

    report: Report

    def __init__(self, command: list[str], read: Callable[[dict[str, Any]], Report]) -> None:
        self._command = command
        self._read = read

    def __enter__(self) -> Self:
        """Start; returns when the program has begun. Raises `AssertionError` if it could not."""
        pipe = subprocess.PIPE
        self._process = subprocess.Popen(self._command, stdin=pipe, stdout=pipe, stderr=pipe, text=True)
        first = self._process.stdout.readline() if self._process.stdout else ""
        if first.strip() != "running":
            _, errors = self._process.communicate(timeout=REPORT_DEADLINE)
            message = f"the program could not begin: {first}{errors}"
            raise AssertionError(message)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop it and read its report. Raises `DockerError` if it failed."""
        output, errors = self._process.communicate(timeout=REPORT_DEADLINE)
        if self._process.returncode:
            message = f"the program failed (exit {self._process.returncode}): {errors}"
            raise DockerError(message)
        self.report = self._read(json.loads(output))
