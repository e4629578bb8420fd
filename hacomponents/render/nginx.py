"""nginx, for the reverse-proxy tier."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hacomponents.render import forwarded
from hacomponents.render import nginx_protection as protection
from hacomponents.render.host_files import HostFiles, Json, text
from hacomponents.render.nginx_trust import Trust
from hacomponents.render.template import render
from hacomponents.topology.app import App
from hacomponents.topology.named_secrets import named
from hacomponents.topology.reverse_proxy import HEALTH, STATUS_PORT
from hacomponents.topology.reverse_proxy.balance_method import is_sticky

if TYPE_CHECKING:
    from hacomponents.topology.network import Host
    from hacomponents.topology.reverse_proxy import ReverseProxy, VirtualHost
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


def files_for(tier: ReverseProxy, host: Host, site: Site) -> HostFiles:
    """What a host of the tier gets."""
    config = render(
        "nginx/nginx.conf.j2",
        site=site,
        tier=tier,
        host=host,
        platform=host.platform,
        listen=tier.vip.served if tier.vip else (host.address,),
        names=[name for virtual_host in tier.virtual_hosts for name in virtual_host.all_names],
        virtual_hosts=[(virtual_host, _servers(virtual_host, host)) for virtual_host in tier.virtual_hosts],
        restarted=[virtual_host.name for virtual_host in tier.virtual_hosts if isinstance(virtual_host.behind, App)],
        status_port=STATUS_PORT,
        trust=Trust(tier, site.believed_by(tier)),
        emptied=forwarded.EMPTIED,
        **protection.context(tier),
    )
    return HostFiles(
        files={CONFIG: text(config), **protection.files(tier)},
        services={"nginx": SERVICE},
        secrets=(*protection.secrets(tier), *(secret for each in tier.virtual_hosts for secret in named(each.secrets))),
        packages=("nginx",),
    )


def _servers(virtual_host: VirtualHost, host: Host) -> list[tuple[Endpoint, bool]]:
    """The servers behind, and whether each is for when the host's own do not answer."""
    upstream = virtual_host.behind.endpoints
    local = any(server.address == host.address for server in upstream) and not is_sticky(virtual_host.balance)
    return [(server, local and server.address != host.address) for server in upstream]
