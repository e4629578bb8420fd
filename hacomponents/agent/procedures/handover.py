"""Moving a VIP on purpose: away from this host, for good before the host goes, or back to where it belongs."""

import time
import typing

from .. import vrrp
from ..disk.tracks import FAULT, WELL
from ..errors import AgentError, RolledBack
from ..host import Host
from ..residents import agent_check

if typing.TYPE_CHECKING:
    from ..daemons.keepalived import Keepalived

# Seconds for requests under way. It must stay below 3: by then a held-off client sends its SYN again, and it must reach
# the peer.
FINISH = 2
SECONDS = 3  # until the peer must have taken over; it takes milliseconds, or 0.6 s with VRRP 2
READY = 2  # seconds for a peer that is just starting
STANDBY = ("BACKUP", "BACKUP and MASTER")  # the second while a VIP that is new to the pair is on the other host


def handover(host: Host) -> str:
    """Have the peer take this host's VIPs, and be its standby. Raises RolledBack if nobody takes them."""
    with host.changing("handover"):
        host.supervisor.raise_guard()
        try:
            return _hand_over(host)
        finally:
            host.tracks.set_maintenance(WELL)
            host.supervisor.lower_guard()


def settle(host: Host) -> str:
    """Bring the VIPs to the peer, the preferred host, if this one holds them and that one lives.

    Raises RolledBack unless each VIP is on exactly one host in the end; on none while a track of the program fails.
    """
    service = host.keepalived(host.store.current())
    if service is None:
        return "no VIP belongs to this host"
    done = "this host holds no VIP"
    if vrrp.held(host.machine, service):
        done = _try_handover(host)
    settled = host.machine.wait(lambda: vrrp.are_held_once(host.machine, service), SECONDS)
    if not settled and not typing.cast("Keepalived", host.daemon(service)).is_kept_back():
        raise RolledBack("nothing changed: " + vrrp.describe(host.machine, service))
    return f"{done}; {vrrp.describe(host.machine, service)}"


def retire(host: Host) -> str:
    """Leave service for good: hand the VIPs over, end keepalived, then the rest. Never fails; returns what happened."""
    said = []
    with host.changing("retire", patient=True):
        try:
            host.supervisor.raise_guard()
            said.append(_hand_over(host))
        except (AgentError, OSError) as error:
            said.append(str(error))
        host.supervisor.lower_guard()
        host.tracks.set_maintenance(FAULT)
        current = host.store.current()
        for service in reversed(current.bundle.services if current else []):
            host.daemon(service).leave()
            host.supervisor.stop(service.name)
            said.append(f"{service.name} stopped")
    host.note("retire: " + "; ".join(said))
    return "; ".join(said)


def _try_handover(host: Host) -> str:
    try:
        return handover(host)
    except RolledBack as error:
        return str(error)


def _hand_over(host: Host) -> str:
    service = host.keepalived(host.store.current())
    if service is None:
        return "no VIP belongs to this host"
    vips = vrrp.held(host.machine, service)
    if not vips:
        return "this host holds no VIP: nothing to hand over"
    _require_ready_peer(host, service.get("peer"))
    try:
        _finish(host, vips)
        host.tracks.set_maintenance(FAULT)
        if not host.machine.wait(lambda: vrrp.are_held_elsewhere(host.machine, service), SECONDS):
            host.tracks.set_maintenance(WELL)
            raise RolledBack(f"nothing changed: the peer did not take {', '.join(vips)} within {SECONDS} s")
    finally:
        host.new_connections.allow()
    return f"handed over {', '.join(vips)}"


def _finish(host: Host, vips: typing.Sequence[str]) -> None:
    """Have the requests that are under way answered, which this host cannot do any more without the VIPs."""
    held_off = host.new_connections.drop(vips)
    if held_off.status != 0:
        host.say(f"requests under way are lost, since new connections cannot be held off\n{held_off.evidence}")
        return
    current = host.store.current()
    deadline = time.monotonic() + FINISH
    try:
        # Those in front first: what they send to those behind is then done, too.
        for service in reversed(current.bundle.services if current else []):
            host.daemon(service).finish(max(0, deadline - time.monotonic()))
    except AgentError as error:
        host.say(str(error))


def _require_ready_peer(host: Host, peer: str) -> None:
    """Raise RolledBack unless the peer's keepalived is a BACKUP of this host's VIPs: else it would not take them."""
    said = [""]
    check = host.of_kind(agent_check.KIND, host.store.current())
    port = check.get("port") if check else 0  # the same on both

    def is_ready() -> bool:
        said.append(host.machine.ask((peer, port), agent_check.VRRP).strip())
        return said[-1] in STANDBY

    if not host.machine.wait(is_ready, READY):
        state = f"its keepalived: {said[-1]}" if said[-1] else "it does not answer"
        raise RolledBack(f"nothing changed: the peer {peer} would not take it ({state})")
