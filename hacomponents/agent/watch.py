"""Looking at a host: is a started service well, and what is the state of everything."""

import json
import os
import typing

from . import vrrp
from .bundle import Service
from .disk import lock
from .disk.release import Release
from .disk.tracks import MAINTENANCE, WELL
from .host import Host

if typing.TYPE_CHECKING:
    from .daemons.keepalived import Keepalived

STEP = 0.1  # seconds between two requests to a service that starts


def ready(host: Host, name: str, pid: str) -> str:
    """Wait until service ``name``, run as ``pid``, answers, and declare it well; or until that run has ended.

    While no release in force has the service, it waits, too: the service may go, or a push may go back to it.
    """
    permit = os.path.join(host.layout.permits, f"{name}.{pid}")
    while os.path.exists(permit) and host.machine.process(int(pid)):
        service = _service(host, name)
        is_healthy = host.daemon(service).is_healthy if service else _never
        if host.machine.wait(is_healthy, timeout=1, step=STEP):
            host.tracks.declare_well(name, permit)
            return f"{name} is well"
    return f"{name} has ended"


def status(host: Host) -> str:
    """Return the state of the host as JSON."""
    current = host.store.current()
    keepalived = host.keepalived(current)
    document = {
        "release": current.id if current else None,
        "services": {each.name: _state(host, each, current) for each in current.bundle.services} if current else {},
        "vips": vrrp.held(host.machine, keepalived) if keepalived else [],
        "vrrp": _vrrp(host, keepalived) if keepalived else None,
        "maintenance": host.tracks.state(MAINTENANCE) != WELL,
        "lock": lock.holder(host.layout.lock),
    }
    return json.dumps(document, indent=2, sort_keys=True)


def _state(host: Host, service: Service, release: Release) -> typing.Dict[str, typing.Any]:
    daemon = host.daemon(service)
    healthy = daemon.is_healthy()
    return {
        "state": host.supervisor.state(service.name),
        "pid": host.supervisor.pid(service.name),
        "digest": daemon.serving(),
        "wanted": release.bundle.digest(service),
        "healthy": healthy,
        "ailment": "" if healthy else daemon.ailment(),
        "health": service.get("health", ""),
        "by_hand": host.supervisor.by_hand(service.name)._asdict(),
    }


def vrrp_states(host: Host, keepalived: Service) -> typing.Dict[str, str]:
    """Return what keepalived says each instance is: MASTER, BACKUP or FAULT; nothing where it says nothing."""
    return typing.cast("Keepalived", host.daemon(keepalived)).states()


def vrrp_state(states: typing.Mapping[str, str]) -> typing.Optional[str]:
    """Return the one word for all instances, or what they are while they change; None for none."""
    return " and ".join(sorted(set(states.values()))) or None


def _vrrp(host: Host, keepalived: Service) -> typing.Dict[str, typing.Any]:
    states = vrrp_states(host, keepalived)
    return {
        "state": vrrp_state(states),
        "instances": states,
        "vips": vrrp.addresses(keepalived),
        "advert_int": keepalived.get("advert_int"),
    }


def _never() -> bool:
    return False


def _service(host: Host, name: str) -> typing.Optional[Service]:
    current = host.store.current()
    return current.bundle.service(name) if current else None
