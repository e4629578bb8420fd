"""The folder that an image is built from: its files, their digest, and the archive that Docker takes."""

from __future__ import annotations

import hashlib
import os
import stat
from pathlib import Path, PurePosixPath
from typing import Any

from docker.utils.build import create_archive, exclude_paths

# How a Dockerfile from outside of the context is called inside the archive.
_FOREIGN = ".dockerfile.hacomponents"
_KINDS = {stat.S_ISUID: "u", stat.S_ISGID: "g", stat.S_ISVTX: "t"}


class BuildContext:
    """The files of a build.

    Args:
        folder: with the files, relative to the program or absolute.
        dockerfile: relative to the program, not to the folder, or absolute.

    OSError: one of them cannot be read.
    """

    def __init__(self, folder: str, dockerfile: str) -> None:
        self._root = Path(folder).resolve()
        self._dockerfile = Path(dockerfile).resolve()
        self._text = self._dockerfile.read_text()

    @property
    def dockerfile(self) -> str:
        """The Dockerfile's path relative to the folder, with `..` where it lies outside."""
        return os.path.relpath(self._dockerfile, self._root)

    def digest(self) -> str:
        """SHA-256, in hexadecimal, of the Dockerfile and of names, modes and content of all files that are not ignored.

        It is the official plugin's formula: neither times nor owners count.
        """
        total = hashlib.sha256(_entry("Dockerfile", "----------", self._text.encode()))
        for name in self._files():
            path = self._root / name
            if path.is_symlink():
                total.update(_entry(name, _mode(path), str(path.resolve()).encode()))
            elif path.is_file():
                total.update(_entry(name, _mode(path), path.read_bytes()))
        return total.hexdigest()

    def archive(self) -> tuple[Any, str]:
        """A tar archive of the files (a readable file), and the Dockerfile's name in it."""
        inside = not self.dockerfile.startswith("..")
        extra = [] if inside else [(_FOREIGN, self._text)]
        archive = create_archive(str(self._root), files=self._files(), extra_files=extra)
        return archive, self.dockerfile if inside else _FOREIGN

    def _files(self) -> list[str]:
        """All paths that are not ignored, folder by folder in the order of their names."""
        names: set[str] = exclude_paths(str(self._root), self._ignored(), dockerfile=self.dockerfile)
        return sorted(names, key=lambda name: PurePosixPath(name).parts)

    def _ignored(self) -> list[str]:
        own = self._dockerfile.with_name(f"{self._dockerfile.name}.dockerignore")
        for path in (own, self._root / ".dockerignore"):
            if path.exists():
                lines = (line.strip() for line in path.read_text().splitlines())
                return [line for line in lines if line and not line.startswith("#")]
        return []


def _entry(name: str, mode: str, content: bytes) -> bytes:
    return f"{name}{mode}".encode() + hashlib.sha256(content).digest() + b"\0"


def _mode(path: Path) -> str:
    """The mode as Go writes it: `-rw-r--r--`, with the special bits in front."""
    mode = path.lstat().st_mode
    kind = "L" if stat.S_ISLNK(mode) else "".join(letter for bit, letter in _KINDS.items() if mode & bit) or "-"
    return kind + "".join(letter if mode & 1 << 8 - place else "-" for place, letter in enumerate("rwxrwxrwx"))
