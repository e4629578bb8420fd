"""Whether a process lives."""

from __future__ import annotations

import os
import signal
from pathlib import Path

from hacomponents.testing.poll import eventually
from tests.toolchain.process import living
from toolchain.process import runs


def test_what_lives(tmp_path: Path) -> None:
    """
    A process lives as long as it has not ended, and it is known by its program's name, brackets and spaces or not.
    """
    with living(tmp_path, "a (b) c") as pid:
        assert runs(pid, "a (b) c")
        assert not runs(pid, "a")
    assert not runs(pid, "a (b) c")


def test_a_zombie_is_dead(tmp_path: Path) -> None:
    """
    A process that was killed, but that its parent has not waited for, does not live.
    """
    with living(tmp_path, "undead") as pid:
        os.kill(pid, signal.SIGKILL)
        eventually(lambda: not runs(pid, "undead"))
        assert Path(f"/proc/{pid}").exists()
