"""A host as the agent sees it: its layout, its machine, its supervisor, its releases, its secrets."""

import contextlib
import sys
import typing

from .bundle import Service
from .daemons import KINDS, Daemon, daemon_of
from .disk import audit, files
from .disk.draining import Draining
from .disk.layout import Layout
from .disk.lock import held
from .disk.release import Release, Store
from .disk.tracks import Tracks
from .disk.vault import Vault
from .machine import Machine
from .new_connections import NewConnections
from .supervisor import supervisor_of


class Host:
    """Everything that a procedure works on. Paths lie below ``root``; ``machine`` does what is not files."""

    def __init__(self, root: str = "/", machine: typing.Optional[Machine] = None) -> None:
        self.layout = Layout(root)
        self.machine = machine or Machine()
        self.supervisor = supervisor_of(self.layout, self.machine)
        self.store = Store(self.layout, KINDS)
        self.vault = Vault(self.layout)
        self.tracks = Tracks(self.layout)
        self.draining = Draining(self.layout.run)
        self.new_connections = NewConnections(self.machine)

    @contextlib.contextmanager
    def changing(self, who: str, *, patient: bool = False) -> typing.Iterator[None]:
        """Hold the host's lock as ``who``, with everything made that procedures take for granted. As `lock.held`."""
        files.make_directory(self.layout.run)
        with held(self.layout.lock, who, patient=patient):
            self.prepare()
            yield

    def prepare(self) -> None:
        """Make the directories that procedures take for granted, and the track files of the current release."""
        layout = self.layout
        for folder in (layout.run, layout.permits, layout.pids, layout.loaded, layout.logs):
            files.make_directory(folder)
        files.make_directory(layout.releases)
        self.supervisor.prepare()
        current = self.store.current()
        self.tracks.ensure(service.name for service in current.bundle.services) if current else self.tracks.ensure([])

    def daemon(self, service: Service) -> Daemon:
        """Return the daemon that runs ``service``."""
        return daemon_of(service, self.machine, self.supervisor, self.layout.current, self.layout.run)

    def keepalived(self, release: typing.Optional[Release]) -> typing.Optional[Service]:
        """Return the keepalived service of ``release``, if it has one."""
        return self.of_kind("keepalived", release)

    def of_kind(self, kind: str, release: typing.Optional[Release]) -> typing.Optional[Service]:
        """Return the first service of ``release`` that is of this kind, if it has one."""
        services = release.bundle.services if release else []
        return next((service for service in services if service.kind == kind), None)

    def say(self, text: str) -> None:
        """Tell the other side; that it has hung up is no reason to stop half-way."""
        try:
            sys.stdout.write(text + "\n")
            sys.stdout.flush()
        except OSError:
            return

    def note(self, text: str) -> None:
        """Write a line of the audit log; a full disk is no reason to stop half-way."""
        try:
            audit.note(self.layout, text)
        except OSError:
            return
