"""nginx, for the reverse-proxy tier."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hacomponents.render.part import Json, Part, text
from hacomponents.render.template import render
from hacomponents.topology.reverse_proxy import HEALTH, STATUS_PORT

if TYPE_CHECKING:
    from hacomponents.topology.network import Host
    from hacomponents.topology.reverse_proxy import ReverseProxy
    from hacomponents.topology.site import Site
    from hacomponents.topology.tier import Endpoint

CONFIG = "/etc/nginx/nginx.conf"
SERVICE: Json = {
    "daemon": "nginx",
    "files": ["/etc/nginx/"],
    "config": CONFIG,
    "health": HEALTH,
    "release": f"http://127.0.0.1:{STATUS_PORT}/release",
}


def part(tier: ReverseProxy, host: Host, site: Site) -> Part:
    """What a host of the tier gets."""
    config = render(
        "nginx/nginx.conf.j2",
        site=site,
        tier=tier,
        listen=tier.vip.addresses if tier.vip else (host.address,),
        names=[name for virtual_host in tier.sites for name in virtual_host.names],
        sites=[(virtual_host, _local_first(virtual_host.behind.endpoints, host)) for virtual_host in tier.sites],
        status_port=STATUS_PORT,
    )
    return Part(files={CONFIG: text(config)}, services={"nginx": SERVICE}, packages=("nginx-light",))


def _local_first(upstream: tuple[Endpoint, ...], host: Host) -> list[tuple[Endpoint, bool]]:
    """The servers behind, and whether each is for when the host's own do not answer."""
    local = any(server.address == host.address for server in upstream)
    return [(server, local and server.address != host.address) for server in upstream]
