"""After a push that was cut off: back to the release before it, by the guard or the next push, or at boot."""

from ..disk.release import Release
from ..disk.tracks import WELL
from ..errors import RollbackFailed, StepFailed, reason
from ..host import Host
from .transition import Pending, forget, link_files, name, pending, serve_again
from .whereabouts import Whereabouts


def heal(host: Host) -> str:
    """Undo a push or a handover that was cut off. Returns what was done. Raises RollbackFailed."""
    host.tracks.set_maintenance(WELL)
    host.new_connections.allow()
    host.draining.all_join()
    cut_off = pending(host)
    if cut_off is None:
        return "nothing to heal"
    try:
        link_files(host, *cut_off)
        ill = serve_again(host, *cut_off)
        forget(host)
    except Exception as error:  # noqa: BLE001 - whatever it was, a person must know where the host is
        raise RollbackFailed(dead_end(host, cut_off, "it was cut off", error))
    return _note(host, cut_off, *(f"{service} does not serve there either" for service, _ in ill))


def boot(host: Host) -> str:
    """Before the supervisor starts: undo a push that the power cut off, and set up what runs. Returns what was done."""
    host.prepare()
    cut_off = pending(host)
    if cut_off is not None:
        link_files(host, *cut_off)
        forget(host)
        _note(host, cut_off)
    host.prepare()
    current = host.store.current()
    if current:
        _restore(host, current)
    services = list(current.bundle.digests) if current else []
    for service in set(host.supervisor.names()) - set(services):
        host.supervisor.forget(service)
    for service in services:
        host.supervisor.install(service)
    return f"release {name(current)}, services: {', '.join(services) or 'none'}"


def _restore(host: Host, release: Release) -> None:
    """Bring back what services rely on before they start; without it, the host comes up all the same, and says so."""
    try:
        for service in release.bundle.services:
            host.daemon(service).restore()
    except (StepFailed, OSError) as error:
        host.note(reason(error))
        host.say(reason(error))


def dead_end(host: Host, between: Pending, why: str, error: Exception) -> str:
    """Return the text of a RollbackFailed: where the host is, why the push failed, and why the way back did."""
    before, after = name(between.before), name(between.after)
    known = between.after or between.before
    host_name = known.bundle.host if known else "this host"
    whereabouts = Whereabouts(host, between)
    whole = whereabouts.whole()
    state = f"serves wholly {whole}, but could not keep it" if whole else f"neither wholly {before} nor wholly {after}"
    remedy = f"when the cause is gone, push again, or run on {host_name}: hacomponents-agent heal"
    lines = [
        f"RollbackFailed: {host_name}: {state}",
        f"  the push of {after} failed: {why}",
        f"  the way back to {before} failed: {reason(error)}",
        *whereabouts.lines(),
        f"  remedy: {remedy}",
    ]
    return "\n".join(lines)


def _note(host: Host, cut_off: Pending, *troubles: str) -> str:
    done = "; ".join((f"a push of {name(cut_off.after)} was cut off: back on {name(cut_off.before)}", *troubles))
    if cut_off.after and cut_off.after.id != name(cut_off.before):
        host.store.set_aside(cut_off.after)
    host.note(done)
    host.say(done)
    return done
