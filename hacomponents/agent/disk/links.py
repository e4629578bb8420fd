"""The places where an administrator looks for a file (/etc/nginx/nginx.conf), as links into the release in force."""

import os
import typing

from ..bundle import Bundle
from . import files
from .layout import Layout

BEFORE = ".before-hacomponents"


def wanted(bundle: typing.Optional[Bundle]) -> typing.Set[str]:
    """Return the paths that must be links for ``bundle``; none for None.

    A directory that an application owns is one link, so that a removed file vanishes; others are linked file by file.
    """
    if bundle is None:
        return set()
    prefixes = (prefix for service in bundle.applications for prefix in service.prefixes)
    owned = {prefix for prefix in prefixes if prefix.endswith("/")}
    outermost = {prefix for prefix in owned if not any(prefix.startswith(o) for o in owned if o != prefix)}
    single = {path for path in bundle.files if not any(path.startswith(prefix) for prefix in outermost)}
    return {prefix.rstrip("/") for prefix in outermost} | single


def arrange(layout: Layout, needed: typing.Set[str], known: typing.Set[str]) -> None:
    """Make every path of ``needed`` a link into the current release, and undo those of ``known`` not needed."""
    for path in sorted(known - needed):
        _undo(layout, path)
    for path in sorted(needed):
        _make(layout, path)


def _make(layout: Layout, path: str) -> None:
    place, target = layout.at(path), layout.current + path
    files.make_directory(os.path.dirname(place))
    if os.path.lexists(place) and not _is_ours(layout, place):
        files.rename(place, _free(place + BEFORE))
    files.link(place, target)


def _undo(layout: Layout, path: str) -> None:
    place = layout.at(path)
    if _is_ours(layout, place):
        files.remove(place)
        if os.path.lexists(place + BEFORE):
            files.rename(place + BEFORE, place)


def _is_ours(layout: Layout, place: str) -> bool:
    return (files.target(place) or "").startswith(layout.current + "/")


def _free(path: str) -> str:
    """Return ``path``, or the first of ``path``.1, ``path``.2, ... that nothing lies at."""
    candidate, number = path, 0
    while os.path.lexists(candidate):
        number += 1
        candidate = f"{path}.{number}"
    return candidate
