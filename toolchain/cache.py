"""The user's cache folder: what is fetched or built once a machine."""

from __future__ import annotations

import fcntl
import os
import shutil
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from toolchain.progress import say

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

COMPLETE = ".complete"
"""The file in an entry that says that it is whole: an interrupted build has none, and starts anew."""


def folder() -> Path:
    """Of all that is ours: `hacomponents` in $XDG_CACHE_HOME. Default: in ~/.cache."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "hacomponents"


def log(name: str) -> Path:
    """The file that the output of a step goes to."""
    return folder() / "log" / f"{name}.log"


def entry(name: str) -> Path | None:
    """A whole entry by name, None where there is none. The name has the version of all that the entry depends on."""
    path = folder() / name
    return path if (path / COMPLETE).exists() else None


def make(name: str, build: Callable[[Path], None]) -> Path:
    """An entry that is built where it is missing. Hold the `lock`.

    Args:
        name: of the entry.
        build: fills an empty folder, the one given to it. What it raises goes through, and the entry is not there.
    """
    path = folder() / name
    if not entry(name):
        shutil.rmtree(path, ignore_errors=True)
        path.mkdir(parents=True)
        build(path)
        (path / COMPLETE).touch()
    return path


@contextmanager
def lock(what: str) -> Iterator[None]:
    """One of this user's processes at a time; the system frees the lock when its process ends, however it does.

    Args:
        what: it is for, such as "set-up".
    """
    folder().mkdir(parents=True, exist_ok=True)
    with (folder() / f"{what}.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say(f"==> another {what} is at work: waiting for it")
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def link(path: Path, target: Path) -> None:
    """Make `path` a symbolic link to `target`, at once, whatever link was there before."""
    fresh = path.with_name(f"{path.name}.{os.getpid()}")
    fresh.unlink(missing_ok=True)
    fresh.symlink_to(target)
    fresh.replace(path)
