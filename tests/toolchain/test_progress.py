"""Long commands, and how they fail."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from toolchain.errors import StepFailed
from toolchain.progress import run

if TYPE_CHECKING:
    from pathlib import Path


def test_what_a_failure_says(tmp_path: Path) -> None:
    """
    Step, command, exit status, where the log is and its last lines, and the remedy.
    """
    log = tmp_path / "log"
    with pytest.raises(StepFailed) as failure:
        run("making it", ["sh", "-c", "seq 100; exit 3"], log, remedy="try again")

    said = str(failure.value).splitlines()
    assert said[:3] == ["error: making it", "  $ sh -c seq 100; exit 3    (exit 3)", f"  log: {log}"]
    assert said[3:18] == [f"  {number}" for number in range(86, 101)]
    assert said[18:] == ["  remedy: try again"]


@pytest.mark.parametrize(
    ("command", "timeout", "said"),
    [
        (["sleep", "600"], 0.1, "killed by signal 9"),
        (["sh", "-c", "kill -KILL $$"], None, "killed by signal 9"),
        (["no-such-command"], None, "No such file or directory: 'no-such-command'"),
    ],
)
def test_other_endings(tmp_path: Path, command: list[str], timeout: float | None, said: str) -> None:
    """
    A command that is too slow, was killed, or is not there fails likewise.
    """
    with pytest.raises(StepFailed, match=said):
        run("making it", command, tmp_path / "log", remedy="try again", timeout=timeout)
