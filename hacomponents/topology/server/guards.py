"""Files by which an application guards what is served of it, and who reads them.

None of them is dropped in silence: where the server sends files of that folder and does not read the guard, that is a
problem; where only the application knows what it sends, a warning.
"""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from hacomponents.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from hacomponents.topology.server.folder import Folder

HTACCESS, USER_INI = ".htaccess", ".user.ini"
# Read by no server of ours, and as often carried along for others as relied upon.
FOREIGN = {"web.config": "IIS", "_headers": "a hoster of files"}
SHOWN = 3
SETTING = re.compile(r"^\s*([A-Za-z_][A-Za-z0-9_.]*)\s*=", re.MULTILINE)


def guards(folder: Folder, name: str, roots: Sequence[str] = (".",)) -> tuple[str, ...]:
    """The files of this name that say something of what lies in one of some folders: those in it, and above it."""
    found = [path for path in folder.files if PurePosixPath(path).name == name]
    return tuple(path for path in found if any(_concerns(PurePosixPath(path).parent, root) for root in roots))


def _concerns(place: PurePosixPath, root: str) -> bool:
    return place.is_relative_to(root) or PurePosixPath(root).is_relative_to(place)


def check_unread(path: str, folder: Folder, served: str, server: str) -> Iterator[Problem]:
    """Guards of files that a server sends, without reading the guards.

    Args:
        path: of the application's setting.
        folder: its files.
        served: the folder that clients get files of; empty for none that is known.
        server: its name.
    """
    if found := guards(folder, HTACCESS, (served,)) if served else ():
        rule = f"has {listed(found)}, which {server} does not read: what it denies would be served"
        remedy = "deny that in the application itself, and leave the file out"
        yield Problem(path, rule, remedy, folder.path)


def check_ini(path: str, folder: Folder, roots: Sequence[str], php_value: Mapping[str, str]) -> Iterator[Problem]:
    """Settings for PHP that Apache's module of it does not read, but for those that the program gives."""
    for file in guards(folder, USER_INI, roots):
        names = SETTING.findall(folder.files[file].decode(errors="replace"))
        if missing := [name for name in dict.fromkeys(names) if name not in php_value]:
            rule = f"has {file}, which PHP in Apache does not read: {listed(missing)} would not hold"
            yield Problem(path, rule, "give those settings by php_value", folder.path)


def warn_of_guards(path: str, folder: Folder, *, served: str, reads_htaccess: bool) -> Iterator[Problem]:
    """Guards that nobody reads, where it is not known whether anything is served that they guard.

    Args:
        path: of the application's setting.
        folder: its files.
        served: as for `check_unread`.
        reads_htaccess: whether the server may read `.htaccess`.
    """
    if not served and not reads_htaccess and (found := guards(folder, HTACCESS)):
        rule = f"has {listed(found)}, which only Apache reads"
        yield Problem(path, rule, "if it denies what the application serves, deny that in the application", folder.path)
    for name, reader in FOREIGN.items():
        beside = {PurePosixPath(each).parent for each in guards(folder, HTACCESS)} if reads_htaccess else set()
        alone = [each for each in guards(folder, name) if PurePosixPath(each).parent not in beside]
        if alone:
            rule = f"has {listed(alone)}, which only {reader} reads"
            yield Problem(path, rule, "if the application relies on it, say the same to this server", folder.path)


def listed(names: Sequence[str]) -> str:
    """The first of them."""
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return ", ".join(names[:SHOWN]) + more
