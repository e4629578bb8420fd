"""From one release to another, or back: the same steps in both directions, safe to repeat from wherever they stopped.

While they are under way, a note on disk names both releases. Whoever finds the note without its push goes back.
"""

import json
import typing

from . import files, links
from .bundle import Service
from .host import Host
from .release import Release
from .supervisor_runit import Mark

Maybe = typing.Optional[Release]


class Pending(typing.NamedTuple):
    """The note: the release ``before`` the push that is under way (None: there was none), and the one ``after`` it."""

    before: Maybe
    after: Maybe


def remember(host: Host, before: Maybe, after: Release) -> None:
    """Write the note."""
    note = {"before": before.id if before else None, "after": after.id}
    files.write(host.layout.pending, json.dumps(note).encode(), 0o600)


def forget(host: Host) -> None:
    """Remove the note: what is in force now stays in force. This is the moment at which a push has happened."""
    files.remove(host.layout.pending)
    files.sync_directory(host.layout.base)


def pending(host: Host) -> typing.Optional[Pending]:
    """Return the note, if a push is under way or was cut off."""
    try:
        with open(host.layout.pending) as stream:
            note = json.load(stream)
    except FileNotFoundError:
        return None
    return Pending(host.store.find(note["before"]), host.store.find(note["after"]))


def place(host: Host, release: Maybe, other: Maybe) -> None:
    """Put ``release`` in force on disk, from anywhere between it and ``other``. None: no release at all."""
    needed, known = (links.wanted(each.bundle if each else None) for each in (release, other))
    links.arrange(host.layout, needed, known)
    host.store.swap(release.id if release else None)


def serve(host: Host, release: Maybe, other: Maybe) -> None:
    """Have the daemons serve what is in force, and end those that only ``other`` has.

    Those that do not run are started together (no VIP comes before its proxies: see `tracks`). Those that run are
    reloaded or restarted one after the other, each proved before the next. Raises Failed at the first that is not.
    One whose files differ is reloaded even if it says that it serves them: a push that was cut off may have asked it
    for the others just before, and it loads them later.
    """
    services = release.bundle.services if release else []
    started = {service.name: _start(host, service) for service in services if not host.supervisor.pid(service.name)}
    for service in services:
        _bring(host, service, other, typing.cast("Release", release), started.get(service.name))
    kept = release.bundle.digests if release else {}
    if other is None:
        return
    for service in reversed(other.bundle.services):
        if service.name not in kept:
            host.daemon(service).leave()
            host.supervisor.remove(service.name, other.path)
            host.daemon(service).erase()
            host.say(f"{service.name}: removed")


def name(release: Maybe) -> str:
    """Return the release's name for a person; "nothing" where there is none."""
    return release.id if release else "nothing"


def _start(host: Host, service: Service) -> Mark:
    mark = host.supervisor.mark(service.name)
    host.supervisor.install(service.name)
    host.daemon(service).restore()
    host.supervisor.start(service.name)
    return mark


def _bring(host: Host, service: Service, other: Maybe, release: Release, started: typing.Optional[Mark]) -> None:
    daemon, digest = host.daemon(service), release.bundle.digest(service)
    other_digest = other.bundle.digests.get(service.name, digest) if other else digest
    is_sure = other_digest == digest or not daemon.loads_later
    if started is None and is_sure and daemon.serving() == digest:
        return
    mark, pid = started or host.supervisor.mark(service.name), host.supervisor.pid(service.name)
    if started is None:
        daemon.reload()
    daemon.prove(digest, mark)
    host.supervisor.note_loaded(service.name, digest, release.id)
    is_restarted = started is None and host.supervisor.pid(service.name) != pid
    host.say(f"{service.name}: {'restarted, ' if is_restarted else ''}serving {digest}")
