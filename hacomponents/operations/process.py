"""Processes of this machine."""

from __future__ import annotations

from pathlib import Path


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
