"""Whether a process lives: the set-up and the operations, which cannot share it, see the same."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from hacomponents.operations import processes as of_operations
from hacomponents.testing.poll import eventually
from tests.toolchain.process import living
from toolchain import process as of_toolchain

if TYPE_CHECKING:
    from collections.abc import Callable

    Runs = Callable[[int, str], bool]

both = pytest.mark.parametrize("runs", [of_toolchain.runs, of_operations.runs], ids=["toolchain", "operations"])


@both
def test_what_lives(runs: Runs, tmp_path: Path) -> None:
    """
    A process lives as long as it has not ended, and it is known by its program's name, brackets and spaces or not.
    """
    with living(tmp_path, "a (b) c") as pid:
        assert runs(pid, "a (b) c")
        assert not runs(pid, "a")
    assert not runs(pid, "a (b) c")


@both
def test_a_zombie_is_dead(runs: Runs, tmp_path: Path) -> None:
    """
    A process that was killed, but that its parent has not waited for, does not live.
    """
    with living(tmp_path, "undead") as pid:
        os.kill(pid, signal.SIGKILL)
        eventually(lambda: not runs(pid, "undead"))
        assert Path(f"/proc/{pid}").exists()
