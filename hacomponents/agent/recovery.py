"""After a push that was cut off: back to the release before it, by the guard or the next push, or at boot."""

from .errors import AgentError, RollbackFailed
from .host import Host
from .tracks import WELL
from .transition import Pending, forget, name, pending, place, serve


def heal(host: Host) -> str:
    """Undo a push or a handover that was cut off. Returns what was done. Raises RollbackFailed."""
    host.tracks.set_maintenance(WELL)
    host.draining.all_join()
    cut_off = pending(host)
    if cut_off is None:
        return "nothing to heal"
    try:
        place(host, *cut_off)
        serve(host, *cut_off)
        forget(host)
    except (AgentError, OSError) as error:
        raise RollbackFailed(dead_end("this host", cut_off, "it was cut off", error))
    return _note(host, cut_off)


def boot(host: Host) -> str:
    """Before the supervisor starts: undo a push that the power cut off, and set up what runs. Returns what was done."""
    host.prepare()
    cut_off = pending(host)
    if cut_off is not None:
        place(host, *cut_off)
        forget(host)
        _note(host, cut_off)
    host.prepare()
    current = host.store.current()
    services = list(current.bundle.digests) if current else []
    for service in set(host.supervisor.names()) - set(services):
        host.supervisor.forget(service)
    for service in services:
        host.supervisor.install(service)
    return f"release {name(current)}, services: {', '.join(services) or 'none'}"


def dead_end(host_name: str, between: Pending, why: str, error: Exception) -> str:
    """Return the text of a RollbackFailed: what the host is between, why the push failed, and why the way back did."""
    before, after = name(between.before), name(between.after)
    lines = [
        f"RollbackFailed: {host_name}: neither wholly {before} nor wholly {after}",
        f"  the push of {after} failed: {why}",
        f"  the way back to {before} failed: {error}",
        "  when the cause is gone, this goes back: hacomponents-agent heal",
    ]
    return "\n".join(lines)


def _note(host: Host, cut_off: Pending) -> str:
    done = f"a push of {name(cut_off.after)} was cut off: back on {name(cut_off.before)}"
    if cut_off.after and cut_off.after.id != name(cut_off.before):
        host.store.set_aside(cut_off.after)
    host.note(done)
    return done
