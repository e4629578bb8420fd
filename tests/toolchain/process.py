"""Processes with a name."""

from __future__ import annotations

import shutil
import subprocess
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from hacomponents.testing.poll import eventually

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def living(folder: Path, name: str) -> Iterator[int]:
    """The pid of a process whose program, made in a folder, has a name."""
    shutil.copy("/bin/sleep", folder / name)
    process = subprocess.Popen([folder / name, "600"])
    try:
        eventually(lambda: Path(f"/proc/{process.pid}/comm").read_text() == f"{name}\n")
        yield process.pid
    finally:
        process.kill()
        process.wait()
