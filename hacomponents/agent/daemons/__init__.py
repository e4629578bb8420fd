"""Daemons, each with the same few verbs: `check` what was staged, `program` to run, `reload`, `serving` which slice."""

import typing

from ..bundle import Service
from ..machine import Machine
from ..supervisor import Supervisor
from .apache import Apache
from .base import Daemon
from .companion import Companion
from .haproxy import Haproxy
from .keepalived import Keepalived
from .memcached import Memcached
from .nftables import Nftables
from .nginx import Nginx
from .process import Process
from .varnish import Varnish

KINDS: typing.Dict[str, typing.Type[Daemon]] = {
    "agent-check": Companion,
    "apache": Apache,
    "haproxy": Haproxy,
    "keepalived": Keepalived,
    "memcached": Memcached,
    "nftables": Nftables,
    "nginx": Nginx,
    "process": Process,
    "varnish": Varnish,
    "watchdog": Companion,
}


def daemon_of(service: Service, machine: Machine, supervisor: Supervisor, current: str, run: str) -> Daemon:
    """Return the daemon that runs ``service``.

    ``current`` is the path of the release in force, ``run`` the agent's directory for what does not outlive the power.
    """
    return KINDS[service.kind](service, machine, supervisor, current, run)


__all__ = [
    "Apache",
    "Companion",
    "Daemon",
    "Haproxy",
    "Keepalived",
    "Memcached",
    "Nftables",
    "Nginx",
    "Process",
    "Varnish",
    "daemon_of",
]
