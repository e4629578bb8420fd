"""Releases: directories with everything that one bundle puts on a host, and the link that says which is in force."""

import json
import os
import shutil
import typing

from ..bundle import Bundle, File, Kinds, tokens
from ..errors import StepFailed
from . import files
from .layout import Layout

KEPT = 5


class Release:
    """One release on disk."""

    def __init__(self, path: str, bundle: Bundle) -> None:
        self.path = path
        self.bundle = bundle
        self.id = bundle.id

    def at(self, path: str) -> str:
        """Return where the file with the host's own ``path`` lies in this release."""
        return self.path + path


class Store:
    """All releases of a host. ``kinds`` are those of their services."""

    def __init__(self, layout: Layout, kinds: Kinds) -> None:
        self._layout = layout
        self._kinds = kinds

    def load(self, identifier: str) -> Release:
        """Return the release called ``identifier``, as it was staged."""
        path = self._path(identifier)
        with open(path + "/bundle.json", encoding="utf-8") as stream:
            return Release(path, Bundle(json.load(stream), self._kinds))

    def find(self, identifier: typing.Optional[str]) -> typing.Optional[Release]:
        """Return the release called ``identifier``, or None if there is none of that name, or no name."""
        return self.load(identifier) if identifier and os.path.isdir(self._path(identifier)) else None

    def current(self) -> typing.Optional[Release]:
        """Return the release in force, or None on a host that never had one.

        Whoever does not hold the lock may ask while a push swaps it, and puts the one before aside.
        """
        missing = ""
        while True:
            found = files.target(self._layout.current)
            if found is None:
                return None
            try:
                return self.load(os.path.basename(found))
            except FileNotFoundError:
                if found == missing:  # twice: it was not swapped, something is missing
                    raise
                missing = found

    def stage(self, bundle: Bundle, values: tokens.Values, scripts: typing.Mapping[str, str]) -> Release:
        """Write the release of ``bundle``, with ``scripts`` (path below the release to text) of its supervisor.

        A release that was here before is written over, file by file, with the same bytes.
        """
        path = self._path(bundle.id)
        fresh = path if os.path.isdir(path) else path + ".staging"
        if fresh != path:
            files.remove(fresh)
        try:
            self._write(fresh, bundle, values, scripts)
        except OSError:
            if fresh != path:  # on a full disk, this is room for others
                shutil.rmtree(fresh, ignore_errors=True)
            raise
        if fresh != path:
            files.rename(fresh, path)
        return Release(path, bundle)

    def _write(self, path: str, bundle: Bundle, values: tokens.Values, scripts: typing.Mapping[str, str]) -> None:
        files.make_directory(path)
        files.write(path + "/bundle.json", bundle.text.encode(), 0o600)
        for name, script in sorted(scripts.items()):
            self._put(path, name, script.encode(), 0o755, None)
        for name, file in bundle.files.items():
            self._put(path, name, _content(file, values), _mode(file), file.owner)

    def swap(self, identifier: typing.Optional[str]) -> None:
        """Put the release called ``identifier`` in force; None: no release at all."""
        if identifier is None:
            files.remove(self._layout.current)
            return
        os.utime(self._path(identifier))
        files.link(self._layout.current, self._path(identifier))

    def set_aside(self, release: Release) -> str:
        """Put a release that failed aside for reading, in the place of the last such. Returns where it is.

        One that is in use, or cannot be moved, stays where it is.
        """
        try:
            if release.id in self._in_use():
                return release.path
            for name in files.names(self._layout.releases):
                if name.endswith(".rejected"):
                    files.remove(self._path(name))
            files.rename(release.path, release.path + ".rejected")
        except OSError:
            return release.path
        return release.path + ".rejected"

    def tidy(self) -> None:
        """Remove all but the last releases in force and those that a running daemon was loaded from."""
        everything = files.names(self._layout.releases)
        for name in everything:
            if name.endswith(".staging"):
                files.remove(self._path(name))
        names = [name for name in everything if "." not in name]
        names.sort(key=lambda name: os.stat(self._path(name)).st_mtime, reverse=True)
        for name in names[KEPT:]:
            if name not in self._in_use():
                files.remove(self._path(name))

    def bundles(self) -> typing.Iterator[Bundle]:
        """Yield the bundles of all releases that are kept, refused or not."""
        for name in files.names(self._layout.releases):
            with open(os.path.join(self._path(name), "bundle.json"), encoding="utf-8") as stream:
                yield Bundle(json.load(stream), self._kinds)

    def _in_use(self) -> typing.Set[str]:
        used = {os.path.basename(files.target(self._layout.current) or "")}
        for service in files.names(self._layout.loaded):
            used.update(files.text(os.path.join(self._layout.loaded, service)).split())
        return used

    def _path(self, identifier: str) -> str:
        return os.path.join(self._layout.releases, identifier)

    @staticmethod
    def _put(release: str, name: str, content: bytes, mode: int, owner: typing.Optional[str]) -> None:
        path = os.path.join(release, name.lstrip("/"))
        files.make_directory(os.path.dirname(path))
        try:
            files.write(path, content, mode, owner)
        except LookupError:
            raise StepFailed(f"this host has no user {owner} to own {name}")


def _content(file: File, values: tokens.Values) -> bytes:
    return file.data if file.text is None else values.expand(file.text).encode()


def _mode(file: File) -> int:
    if file.mode is not None:
        return file.mode
    return 0o600 if file.secrets else 0o644
