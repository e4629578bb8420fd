"""haproxy, for the load-balancer tier."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hacomponents.render.part import Json, Part, text
from hacomponents.render.template import render
from hacomponents.topology.app import App
from hacomponents.topology.load_balancer import HEALTH, HEALTH_PORT
from hacomponents.topology.secret import Secret
from hacomponents.topology.tier import AGENT_CHECK_PORT

if TYPE_CHECKING:
    from hacomponents.topology.load_balancer import LoadBalancer
    from hacomponents.topology.network import Host
    from hacomponents.topology.site import Site

CONFIG = "/etc/haproxy/haproxy.cfg"
SOCKET = "/run/haproxy/admin.sock"
SERVICE: Json = {"daemon": "haproxy", "files": ["/etc/haproxy/"], "config": CONFIG, "socket": SOCKET, "health": HEALTH}


def part(tier: LoadBalancer, host: Host, site: Site) -> Part:
    """What a host of the tier gets."""
    password = tier.stats.password if tier.stats else None
    config = render(
        "haproxy/haproxy.cfg.j2",
        site=site,
        tier=tier,
        bind=tier.vip.addresses if tier.vip else (host.address,),
        servers=tier.to.endpoints,
        health_port=HEALTH_PORT,
        socket=SOCKET,
        agent_check_port=AGENT_CHECK_PORT if isinstance(tier.to, App) else None,
    )
    return Part(
        files={CONFIG: text(config)},
        services={"haproxy": SERVICE},
        secrets=(password,) if isinstance(password, Secret) else (),
        packages=("haproxy",),
    )
