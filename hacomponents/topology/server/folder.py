"""The files of an application."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from hacomponents.errors import Problem
from hacomponents.topology import fields

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

# 16 MiB: an application of source files; a larger one is a build artefact and belongs in a package.
MAX_APP_BYTES = 16 * 1024 * 1024


@dataclass(frozen=True)
class Folder:
    """The files of an application, as read from a local folder or a repository.

    Args:
        path: where it was read, for messages.
        files: relative path to content, sorted; empty where the folder could not be read.
        trouble: why it could not be read. Default: it could.
        remedy: what to do about that.
    """

    path: str
    files: Mapping[str, bytes] = field(default_factory=dict)
    trouble: str = ""
    remedy: str = "give the folder of the application"

    def holds(self, place: str) -> bool:
        """Whether there is a file of this name, or a folder with files."""
        return place == "." or any(name == place or name.startswith(f"{place}/") for name in self.files)

    def check(self, path: str, entry: str, starter: str) -> Iterator[Problem]:
        """Rules of the files.

        Args:
            path: of the setting.
            entry: a file that must be there; empty for none.
            starter: who needs it.
        """
        if self.trouble:
            yield Problem(path, self.trouble, self.remedy, self.path)
        elif entry and entry not in self.files:
            yield Problem(path, f"has no {entry}, which {starter} starts", "give the folder that holds it", self.path)
        elif not self.files:
            yield Problem(path, "holds no file", "give the folder of the application", self.path)
        elif (size := sum(map(len, self.files.values()))) > MAX_APP_BYTES:
            rule = f"holds {size} bytes, and a bundle carries {MAX_APP_BYTES} at most"
            yield Problem(path, rule, "leave build artefacts and logs out of the folder", self.path)
        for name in self.files:
            yield from fields.text(
                f"{path}: file {name!r}", "/" + name, fields.FILE_PATH, "named by letters, digits and . _ - @ only"
            )
