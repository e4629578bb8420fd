"""Daemons. The class of each kind has its whole contract: its fields in the bundle, and the same few verbs.

`check` what was staged, `program` to run, `reload`, `serving` which slice.
"""

import typing

from ..bundle import Service
from ..machine import Machine
from ..supervisor import Supervisor
from .apache import Apache
from .base import Daemon
from .companion import AgentCheck, Watchdog
from .haproxy import Haproxy
from .keepalived import Keepalived
from .memcached import Memcached
from .nftables import Nftables
from .nginx import Nginx
from .process import Process
from .varnish import Varnish

# In the order in which services start; they stop in the reverse of it. The firewall comes first, so that what is new is
# let in before anybody asks for it. keepalived starts after all that it speaks for, and stops before it, so that a VIP
# never points at a host that does not serve.
KINDS: typing.Dict[str, typing.Type[Daemon]] = {
    "nftables": Nftables,
    "agent-check": AgentCheck,
    "process": Process,
    "apache": Apache,
    "haproxy": Haproxy,
    "memcached": Memcached,
    "varnish": Varnish,
    "nginx": Nginx,
    "keepalived": Keepalived,
    "watchdog": Watchdog,
}


def daemon_of(service: Service, machine: Machine, supervisor: Supervisor, current: str, run: str) -> Daemon:
    """Return the daemon that runs ``service``.

    ``current`` is the path of the release in force, ``run`` the agent's directory for what does not outlive the power.
    """
    return KINDS[service.kind](service, machine, supervisor, current, run)


__all__ = ["KINDS", "Daemon", "daemon_of"]
