"""The files that keepalived watches: ``0`` is well, ``1`` a fault that makes it give its VIPs up within milliseconds.

One for each service, written by the supervisor and by `ready`; ``maintenance``, written for a planned handover;
``network``, written by the watchdog while this host hears nobody.
"""

import os
import typing

from . import files
from .layout import Layout

WELL, FAULT = "0", "1"
MAINTENANCE = "maintenance"
NETWORK = "network"


def are_well(paths: typing.Iterable[str]) -> bool:
    """Tell whether each of these files says so."""
    return all(files.text(path).strip() == WELL for path in paths)


class Tracks:
    """The track files of a host. They are never removed: keepalived takes a missing one for a healthy one."""

    def __init__(self, layout: Layout) -> None:
        self._folder = layout.track

    def ensure(self, services: typing.Iterable[str]) -> None:
        """Make the files that are missing: a service is at fault until it has answered."""
        files.make_directory(self._folder)
        for name in services:
            if not os.path.exists(self._path(name)):
                self._write(name, FAULT)
        for name in (MAINTENANCE, NETWORK):
            if not os.path.exists(self._path(name)):
                self._write(name, WELL)

    def set_maintenance(self, state: str) -> None:
        """Say whether this host is to give its VIPs up (FAULT) or may hold them (WELL)."""
        if self.state(MAINTENANCE) != state:
            self._write(MAINTENANCE, state)

    def set_network(self, state: str) -> None:
        """Say whether this host hears others (WELL) or nobody (FAULT)."""
        self._write(NETWORK, state)

    def state(self, name: str) -> str:
        """Return what the file of ``name`` says; FAULT if there is none."""
        try:
            with open(self._path(name)) as stream:
                return stream.read().strip()
        except FileNotFoundError:
            return FAULT

    def declare_well(self, name: str, permit: str) -> bool:
        """Say that ``name`` is well, by moving ``permit`` (it holds WELL) into place. Returns False without a permit.

        The permit belongs to one run of the daemon, and its end takes it away: so "well" is never said of a dead one.
        """
        try:
            os.rename(permit, self._path(name))
        except FileNotFoundError:
            return False
        return True

    def _write(self, name: str, state: str) -> None:
        files.write(self._path(name), (state + "\n").encode())

    def _path(self, name: str) -> str:
        return os.path.join(self._folder, name)
