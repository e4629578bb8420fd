"""The push: a bundle becomes what the host serves, wholly or not at all.

Lock, stage, check, swap, reload, prove; or roll back. While it is under way a guard stands by, which goes back to the
release before if this process is killed; after a power cut, `boot` does.
"""

import errno

from ..bundle import parse
from ..bundle.tokens import Values
from ..daemons import KINDS
from ..disk.release import Release
from ..errors import Busy, Rejected, RollbackFailed, RolledBack, StepFailed, reason
from ..host import Host
from . import interruption
from .identity import require_steps
from .recovery import dead_end, heal
from .staging import stage
from .transition import Maybe, Pending, forget, link_files, name, remember, serve, serve_again

AGAIN = "when that is put right, push again"
REMEDIES = {
    errno.ENOSPC: "make room on that file system, and push again",
    errno.EROFS: "find out why that file system is read-only (dmesg), mount it writable, and push again",
}


def apply(host: Host, text: str) -> str:
    """Apply the bundle in ``text``. Returns the summary. Raises Rejected, RolledBack, RollbackFailed or Busy."""
    bundle = parse(text, KINDS, host.supervisor.reserved)
    interruption.ignore()
    try:
        with host.changing(f"apply {bundle.id}"):
            heal(host)
            before = host.store.current()
            if before:
                require_steps(host.machine, before.bundle, bundle)
            with interruption.allowed():
                release, values = stage(host, bundle)
            _change(host, before, release, values)
            _tidy(host)
    except Busy as error:
        raise Busy(error.holder, bundle.host)
    except (StepFailed, OSError) as error:  # a change itself never ends in one
        raise Rejected(_refusal(host, bundle.host, error))
    host.note(f"apply {bundle.host}: {name(before)} -> {release.id}")
    return f"{bundle.host}: serving {release.id}" + (", as before" if name(before) == release.id else "")


def _change(host: Host, before: Maybe, after: Release, values: Values) -> None:
    """Go from ``before`` to ``after``, or back."""
    try:
        with interruption.allowed():
            remember(host, before, after)
            host.supervisor.raise_guard()
            link_files(host, after, before)
            serve(host, after, before)
            forget(host)
    except Exception as error:  # noqa: BLE001 - whatever it was, the host must not stay half-way
        _go_back(host, Pending(before, after), values.redact(reason(error)), values)
    finally:
        host.supervisor.lower_guard()


def _go_back(host: Host, between: Pending, why: str, values: Values) -> None:
    """Go back to the release before, and raise what the other side must know."""
    before, after = between
    assert after is not None  # noqa: S101 - of a push there always is one; this is for mypy
    try:
        link_files(host, before, after)
        ill = serve_again(host, before, after)
        forget(host)
    except Exception as error:  # noqa: BLE001 - as above
        host.note(f"apply {after.bundle.host}: {after.id} failed, and so did the way back to {name(before)}")
        raise RollbackFailed(values.redact(dead_end(host, between, why, error)))
    host.note(f"apply {after.bundle.host}: {after.id} failed, back on {name(before)}")
    headline, _, evidence = why.partition("\n")
    text = [f"RolledBack: {after.bundle.host}: {headline}; back on {name(before)}", *filter(None, [evidence])]
    if after.id != name(before):
        text.append(f"  kept for reading: {after.bundle.host}:{host.store.set_aside(after)}")
    for service, failure in ill:
        text += [f"  {service} does not serve on {name(before)} either:", values.redact(failure.evidence)]
    text.append(f"  remedy: {AGAIN}" if ill else f"  remedy: the host is well; {AGAIN}")
    raise RolledBack("\n".join(text))


def _refusal(host: Host, host_name: str, error: Exception) -> str:
    """Return the text of a Rejected."""
    what, evidence = (error.what, error.evidence) if isinstance(error, StepFailed) else (str(error), "")
    remedy = REMEDIES.get(error.errno or 0, AGAIN) if isinstance(error, OSError) else AGAIN
    headline = f"Rejected: {host_name}: {what}; nothing was changed, it serves {name(host.store.current())}"
    return "\n".join(filter(None, [headline, evidence, f"  remedy: {remedy}"]))


def _tidy(host: Host) -> None:
    try:
        host.store.tidy()
        host.vault.keep_only(host.store.bundles())
    except OSError as error:
        host.say(f"old releases could not be removed: {error}")
