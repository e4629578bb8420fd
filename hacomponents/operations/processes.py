"""Processes of this machine: those that hold a stack, and those that a killed run has left."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator


# `toolchain.process` has the same: a machine is made ready before the library can be imported.
def runs(pid: int, program: str) -> bool:
    """Whether a process lives and is a program; its number may be another one's by now.

    Args:
        pid: of the process. One that has ended, but that nobody has waited for, is dead.
        program: name of the program's file, of which Linux keeps 15 characters.
    """
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False
    name, _, rest = stat.partition("(")[2].rpartition(")")
    return name == program and rest.split()[0] not in ("Z", "X")


def orphans(marks: Collection[str]) -> Iterator[int]:
    """The processes of this user whose parent, an engine, is gone: the system has taken them over.

    Args:
        marks: of which one is in their command line.
    """
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            words = (folder / "cmdline").read_bytes().decode(errors="replace").split("\0")
            marked = any(mark in word for word in words[:3] for mark in marks)
            if marked and folder.stat().st_uid == os.geteuid() and _is_orphan(folder):
                yield int(folder.name)


def _is_orphan(process: Path) -> bool:
    """Whether the system's first process or the user's service manager is the parent of a process under /proc."""
    parent = (process / "stat").read_text().rpartition(")")[2].split()[1]
    return parent == "1" or Path(f"/proc/{parent}/comm").read_text() == "systemd\n"
