"""The push: a bundle becomes what the host serves, wholly or not at all.

Lock, stage, check, swap, reload, prove; or roll back. While it is under way a guard stands by, which goes back to the
release before if this process is killed; after a power cut, `boot` does.
"""

import signal

from .bundle import parse
from .errors import AgentError, Rejected, RollbackFailed, RolledBack
from .host import Host
from .lock import held
from .recovery import dead_end, heal
from .release import Release
from .staging import stage
from .tokens import Values
from .transition import Maybe, Pending, forget, name, place, remember, serve


def apply(host: Host, text: str) -> str:
    """Apply the bundle in ``text``. Returns the summary. Raises Rejected, RolledBack, RollbackFailed or Busy."""
    bundle = parse(text)
    try:
        host.prepare()
        with held(host.layout.lock, f"apply {bundle.id}"):
            heal(host)
            before = host.store.current()
            release, values = stage(host, bundle)
            _change(host, before, release, values)
            _tidy(host)
    except OSError as error:  # a change itself never ends in one
        raise Rejected(f"Rejected: {bundle.host}: {error}; nothing was changed")
    host.note(f"apply {bundle.host}: {name(before)} -> {release.id}")
    return f"{bundle.host}: serving {release.id}" + (", as before" if name(before) == release.id else "")


def _change(host: Host, before: Maybe, after: Release, values: Values) -> None:
    """Go from ``before`` to ``after``, or back."""
    try:
        remember(host, before, after)
        host.supervisor.raise_guard()
        place(host, after, before)
        serve(host, after, before)
        forget(host)
    except (AgentError, OSError) as error:
        _go_back(host, Pending(before, after), values.redact(str(error)), values)
    finally:
        host.supervisor.lower_guard()


def _go_back(host: Host, between: Pending, why: str, values: Values) -> None:
    """Go back to the release before, and raise what the other side must know."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_IGN)
    before, after = between
    assert after is not None  # noqa: S101 - of a push there always is one; this is for mypy
    try:
        place(host, before, after)
        serve(host, before, after)
        forget(host)
    except (AgentError, OSError) as error:
        host.note(f"apply {after.bundle.host}: {after.id} failed, and so did the way back to {name(before)}")
        raise RollbackFailed(values.redact(dead_end(after.bundle.host, between, why, error)))
    host.note(f"apply {after.bundle.host}: {after.id} failed, back on {name(before)}")
    headline, _, evidence = why.partition("\n")
    text = [f"RolledBack: {after.bundle.host}: {headline}; back on {name(before)}", *filter(None, [evidence])]
    if after.id != name(before):
        text.append(f"  kept for reading: {after.bundle.host}:{host.store.set_aside(after)}")
    raise RolledBack("\n".join(text))


def _tidy(host: Host) -> None:
    try:
        host.store.tidy()
        host.vault.keep_only(host.store.bundles())
    except OSError as error:
        host.say(f"old releases could not be removed: {error}")
