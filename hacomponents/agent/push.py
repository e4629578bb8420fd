"""
The push: a bundle becomes what the host serves, wholly or not at all.

Lock, stage, check, swap, reload, prove; or roll back. From the first change until the last proof, a note on disk names
the release before and the release after, and a guard stands by: whoever finds the note without its push (the guard when
this process was killed, `boot` after a power cut, the next push) goes back to the release before.
"""

import json
import os
import signal
import typing

from . import files, links
from .bundle import Bundle, Service, parse
from .errors import AgentError, Failed, Rejected, RollbackFailed, RolledBack
from .host import Host
from .lock import held
from .release import Release
from .tokens import Values
from .tracks import WELL

Maybe = typing.Optional[Release]


def apply(host: Host, text: str) -> str:
    """Apply the bundle in ``text``. Returns the summary. Raises Rejected, RolledBack, RollbackFailed or Busy."""
    bundle = parse(text)
    host.prepare()
    with held(host.layout.lock, "apply " + bundle.id):
        heal(host)
        before = host.store.current()
        values, release = _stage(host, bundle)
        _check(host, release, before, values)
        _change(host, before, release, values)
        _tidy(host)
    host.note("apply {}: {} -> {}".format(bundle.host, _name(before), release.id))
    return "{}: serving {}{}".format(bundle.host, release.id, "" if _name(before) != release.id else ", as before")


def heal(host: Host) -> str:
    """Undo a push that was cut off, if there is one. Returns what was done. Raises RollbackFailed."""
    host.tracks.set_maintenance(WELL)
    pending = _pending(host)
    if pending is None:
        return "nothing to heal"
    before, after = (_load(host, pending[key]) for key in ("before", "after"))
    try:
        place(host, before, after)
        _serve(host, before, after)
        _forget(host)
    except (AgentError, OSError) as error:
        raise RollbackFailed(_rollback_failed("this host", before, "a push was cut off", error))
    done = "a push of {} was cut off: back on {}".format(pending["after"], _name(before))
    host.note("heal: " + done)
    return done


def boot(host: Host) -> str:
    """Before the supervisor starts: undo a push that the power cut off, and set up what runs. Returns what was done."""
    host.prepare()
    pending = _pending(host)
    if pending is not None:
        place(host, _load(host, pending["before"]), _load(host, pending["after"]))
        _forget(host)
        host.note("boot: a push of {} was cut off: back on {}".format(pending["after"], pending["before"]))
    host.prepare()
    current = host.store.current()
    services = [service.name for service in current.bundle.services] if current else []
    for name in host.supervisor.names():
        if name not in services:
            host.supervisor.forget(name)
    for name in services:
        host.supervisor.install(name)
    return "release {}, services: {}".format(_name(current), ", ".join(services) or "none")


def place(host: Host, release: Maybe, other: Maybe) -> None:
    """Put ``release`` in force on disk, coming from anywhere between it and ``other``. None: no release at all."""
    needed, known = (links.wanted(each.bundle if each else None) for each in (release, other))
    links.arrange(host.layout, needed, known)
    host.store.swap(release.id if release else None)


def _stage(host: Host, bundle: Bundle) -> typing.Tuple[Values, Release]:
    try:
        root = os.path.join(host.layout.releases, bundle.id)
        values = Values(root, bundle.digests, host.vault.values(bundle), host.machine.open_files_limit())
        release = host.store.stage(bundle, values, _scripts(host, bundle))
        host.tracks.ensure(service.name for service in bundle.services)
    except Failed as error:
        raise Rejected(_text("Rejected: {}: {}; nothing was changed".format(bundle.host, error.what), error.evidence))
    except OSError as error:
        raise Rejected("Rejected: {}: cannot stage the release: {}; nothing was changed".format(bundle.host, error))
    for note in values.lowered:
        host.say("{}: {}".format(bundle.host, note))
    return values, release


def _scripts(host: Host, bundle: Bundle) -> typing.Dict[str, str]:
    scripts = {}  # type: typing.Dict[str, str]
    for service in bundle.services:
        program = host.daemon(service).program()
        scripts.update(host.supervisor.scripts(service.name, program, bundle.digest(service), bundle.id))
    return scripts


def _check(host: Host, release: Release, before: Maybe, values: Values) -> None:
    """Have every daemon check what was staged. Raises Rejected with all that refuse."""
    refusals = []
    for service in release.bundle.services:
        try:
            host.daemon(service).check(release.path)
        except Failed as error:
            refusals.append(error)
    if not refusals:
        return
    what = "; ".join(error.what for error in refusals)
    evidence = [values.redact(error.evidence) for error in refusals]
    if before is None or before.id != release.id:
        evidence.append("  kept for reading: {}:{}".format(release.bundle.host, host.store.reject(release)))
    raise Rejected(_text("Rejected: {}: {}; nothing was changed".format(release.bundle.host, what), *evidence))


def _change(host: Host, before: Maybe, after: Release, values: Values) -> None:
    """Go from ``before`` to ``after``, or back."""
    try:
        _remember(host, before, after)
        host.supervisor.raise_guard()
        place(host, after, before)
        _serve(host, after, before)
        _forget(host)
    except (AgentError, OSError) as error:
        _roll_back(host, before, after, error, values)
    finally:
        host.supervisor.lower_guard()


def _serve(host: Host, release: Maybe, other: Maybe) -> None:
    """Have the daemons serve what is in force, one after the other, each proved; end those that only ``other`` has."""
    services = release.bundle.services if release else []
    for service in services:
        _bring(host, service, typing.cast(Release, release))
    names = [service.name for service in services]
    for service in reversed(other.bundle.services if other else []):
        if service.name not in names:
            host.supervisor.remove(service.name)
            host.say("{}: removed".format(service.name))


def _bring(host: Host, service: Service, release: Release) -> None:
    daemon, digest = host.daemon(service), release.bundle.digest(service)
    if host.supervisor.pid(service.name) is not None and daemon.serving() == digest:
        return
    mark = host.supervisor.mark(service.name)
    if host.supervisor.pid(service.name) is None:
        host.supervisor.install(service.name)
        host.supervisor.start(service.name)
    else:
        daemon.reload()
    daemon.prove(digest, mark)
    host.supervisor.note_loaded(service.name, digest, release.id)
    host.say("{}: serving {}".format(service.name, digest))


def _roll_back(host: Host, before: Maybe, after: Release, cause: Exception, values: Values) -> None:
    """Go back to ``before``, and raise what the other side must know."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_IGN)
    name = after.bundle.host
    why = values.redact(str(cause))
    try:
        place(host, before, after)
        _serve(host, before, after)
        _forget(host)
        kept = host.store.reject(after) if before is None or before.id != after.id else after.path
    except (AgentError, OSError) as error:
        host.note("apply {}: {} failed, and so did the way back to {}".format(name, after.id, _name(before)))
        raise RollbackFailed(values.redact(_rollback_failed(name, before, why, error)))
    host.note("apply {}: {} failed, back on {}".format(name, after.id, _name(before)))
    headline, _, evidence = why.partition("\n")
    headline = "RolledBack: {}: {}; back on {}".format(name, headline, _name(before))
    raise RolledBack(_text(headline, evidence, "  kept for reading: {}:{}".format(name, kept)))


def _rollback_failed(name: str, before: Maybe, why: str, error: Exception) -> str:
    headline = "RollbackFailed: {}: neither wholly old nor wholly new: the way back to {} failed".format(
        name, _name(before)
    )
    remedy = "  when the cause is gone, this goes back to {}: hacomponents-agent heal".format(_name(before))
    return _text(headline, "  the push failed first: " + why, "  then the way back: " + str(error), remedy)


def _tidy(host: Host) -> None:
    try:
        host.store.tidy()
        host.vault.keep_only(host.store.bundles())
    except OSError as error:
        host.say("old releases could not be removed: {}".format(error))


def _remember(host: Host, before: Maybe, after: Release) -> None:
    note = {"before": before.id if before else None, "after": after.id}
    files.write(host.layout.pending, json.dumps(note).encode(), 0o600)


def _forget(host: Host) -> None:
    files.remove(host.layout.pending)
    files.sync_directory(host.layout.base)


def _pending(host: Host) -> typing.Optional[typing.Dict[str, typing.Optional[str]]]:
    try:
        with open(host.layout.pending) as stream:
            return typing.cast(typing.Dict[str, typing.Optional[str]], json.load(stream))
    except FileNotFoundError:
        return None


def _load(host: Host, identifier: typing.Optional[str]) -> Maybe:
    return host.store.load(identifier) if identifier else None


def _name(release: Maybe) -> str:
    return release.id if release else "nothing"


def _text(*parts: str) -> str:
    return "\n".join(part for part in parts if part)
