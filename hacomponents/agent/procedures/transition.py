"""From one release to another, or back: the same steps in both directions, safe to repeat from wherever they stopped.

While they are under way, a note on disk names both releases. Whoever finds the note without its push goes back.
"""

import json
import typing

from ..bundle import Service
from ..disk import files, links
from ..disk.release import Release
from ..errors import StepFailed
from ..host import Host
from ..supervisor import Mark

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


def link_files(host: Host, target: Maybe, abandoned: Maybe) -> None:
    """Put ``target`` in force on disk. Safe to repeat from any half-done state between the two. None: no release.

    A service that only ``abandoned`` has keeps its scripts until it is removed: without them, its end is not noticed.
    """
    needed, known = (links.wanted(each.bundle if each else None) for each in (target, abandoned))
    links.arrange(host.layout, needed, known)
    for service in _only_of(abandoned, target):
        host.supervisor.follow(service.name, typing.cast("Release", abandoned).path)
    host.store.swap(target.id if target else None)
    for service in target.bundle.services if target else []:
        host.supervisor.follow(service.name, host.layout.current)


def serve(host: Host, release: Maybe, other: Maybe) -> None:
    """Have the daemons serve what is in force, and end those that only ``other`` has.

    Those that do not run are started together (no VIP comes before its proxies: see `tracks`). Those that run are
    reloaded or restarted one after the other, each proved before the next. Raises StepFailed at the first that is not.
    One whose files differ is reloaded even if it says that it serves them: a push that was cut off may have asked it
    for the others just before, and it loads them later.
    """
    for _, error in _failures(host, release, other):
        raise error
    _end_others(host, release, other)


def serve_again(host: Host, release: Maybe, other: Maybe) -> typing.List[typing.Tuple[str, StepFailed]]:
    """Do the same on the way back to ``release``, which one that fails does not end.

    Returns those that are back on ``release`` and not well there either, such as an application whose database is down,
    each with why. Raises StepFailed if any other is not back.
    """
    failures = list(_failures(host, release, other))
    _end_others(host, release, other)
    lost = [error for service, error in failures if not _is_back(host, service, typing.cast("Release", release))]
    if lost:
        raise StepFailed("; ".join(error.what for error in lost), "\n".join(error.evidence for error in lost))
    return [(service.name, error) for service, error in failures]


def name(release: Maybe) -> str:
    """Return the release's name for a person; "nothing" where there is none."""
    return release.id if release else "nothing"


def _only_of(release: Maybe, other: Maybe) -> typing.List[Service]:
    """Return the services that ``release`` has and ``other`` has not."""
    kept = other.bundle.digests if other else {}
    return [service for service in release.bundle.services if service.name not in kept] if release else []


def _failures(host: Host, release: Maybe, other: Maybe) -> typing.Iterator[typing.Tuple[Service, StepFailed]]:
    """Bring each service of ``release``, and yield those that fail, with why."""
    services = release.bundle.services if release else []
    started = {service.name: _start(host, service) for service in services if not host.supervisor.pid(service.name)}
    for service in services:
        error = _failure(host, service, other, typing.cast("Release", release), started.get(service.name))
        if error:
            yield service, error


def _end_others(host: Host, release: Maybe, other: Maybe) -> None:
    for service in reversed(_only_of(other, release)):
        host.daemon(service).leave()
        host.supervisor.remove(service.name, typing.cast("Release", other).path)
        host.daemon(service).erase()
        host.say(f"{service.name}: removed")


def _is_back(host: Host, service: Service, release: Release) -> bool:
    """Tell whether a service that failed is on ``release`` all the same: it says so, or its last start did."""
    daemon, digest = host.daemon(service), release.bundle.digest(service)
    said = daemon.serving()
    if daemon.of_application and not said:
        return host.supervisor.started_with(service.name) == digest
    return said == digest


def _start(host: Host, service: Service) -> Mark:
    mark = host.supervisor.mark(service.name)
    host.supervisor.install(service.name)
    host.daemon(service).restore()
    host.supervisor.start(service.name)
    return mark


def _failure(
    host: Host, service: Service, other: Maybe, release: Release, started: typing.Optional[Mark]
) -> typing.Optional[StepFailed]:
    try:
        _bring(host, service, other, release, started)
    except StepFailed as error:
        return error
    return None


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
