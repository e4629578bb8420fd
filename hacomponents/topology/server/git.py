"""An application in a git repository."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hacomponents.errors import Problem
from hacomponents.topology import fields

if TYPE_CHECKING:
    from collections.abc import Iterator

PLACE = r"[A-Za-z0-9._~/+%-]+"
HOST = r"[A-Za-z0-9.-]+(:[0-9]{1,5})?"
USER = r"([A-Za-z0-9._-]+@)?"
URL = re.compile(
    rf"https?://{HOST}/{PLACE}|(ssh|git)://{USER}{HOST}/{PLACE}|file:///{PLACE}|{USER}[A-Za-z0-9][A-Za-z0-9.-]*:{PLACE}"
)
CREDENTIALS = re.compile(r"\s*https?://[^/]*@|[^/]*://[^/]*:[^/]*@")
COMMIT = re.compile(r"[0-9a-f]{40}")
REVISION = re.compile(r"(?!.*(\.\.|//|@\{|\.lock$))[A-Za-z0-9][A-Za-z0-9._/+-]{0,198}[A-Za-z0-9_+-]|[A-Za-z0-9]")


@dataclass(frozen=True)
class Git:
    """The files of a git repository at one revision, as the `git` command here gets them.

    Credentials are git's own affair (its credential helper, or an SSH agent). Submodules are left out.

    Args:
        url: https://HOST/PATH, ssh://USER@HOST/PATH, USER@HOST:PATH or file:///PATH.
        revision: a commit by its whole id, or a tag, which is taken for fixed once it was fetched.
        folder: of the application in the repository. Default: the whole repository.
    """

    url: str
    revision: str
    folder: str = "."

    @property
    def name(self) -> str:
        """For messages."""
        return f"{self.url} at {self.revision}"

    def check(self, path: str) -> Iterator[Problem]:
        """Rules of the source; none shows what may be a password."""
        if isinstance(self.url, str) and CREDENTIALS.match(self.url):
            rule = "must not hold a user name or a password, which previews would show"
            yield Problem(f"{path}.url", rule, "leave them to git: git help credentials")
        else:
            yield from fields.text(f"{path}.url", self.url, URL, "a URL such as https://HOST/PATH or git@HOST:PATH")
        yield from fields.text(f"{path}.revision", self.revision, REVISION, "a commit's whole id, or a tag")
        if self.folder != ".":
            yield from fields.text(f"{path}.folder", f"/{self.folder}", fields.FILE_PATH, "a folder in the repository")
