"""Varnish, for the cache tier."""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING

from hacomponents.render import forwarded
from hacomponents.render.host_files import HostFiles, Json, text
from hacomponents.render.template import render
from hacomponents.topology.cache import HEALTH, HEALTH_PORT, MANAGEMENT_PORT, probed_path
from hacomponents.topology.named_secrets import named
from hacomponents.topology.network import bracketed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hacomponents.topology.cache import Cache
    from hacomponents.topology.network import Host
    from hacomponents.topology.site import Site
    from hacomponents.topology.tier import Endpoint

VCL = "/etc/varnish/default.vcl"
USER = "vcache"
# Run by a start, and again by a reload.
COMMANDS = "/etc/varnish/start.cli"


def files_for(tier: Cache, host: Host, site: Site) -> HostFiles:
    """What a host of the tier gets."""
    servers = _local_first(tier.to.endpoints, host)
    vcl = render(
        "varnish/default.vcl.j2",
        site=site,
        tier=tier,
        url=tier.probe.url or probed_path(tier.to),
        servers=servers,
        director="fallback" if servers[0].address == host.address else "round_robin",
        front=_collapsed(site.believed_by(tier)),
        purge=_collapsed(tier.purge),
        said=[spelled for name in (*forwarded.SET, *forwarded.EMPTIED) for spelled in forwarded.spellings(name)],
    )
    commands = render("varnish/start.cli.j2", tier=tier, vcl=VCL)
    return HostFiles(
        files={VCL: text(vcl, **_readable(tier)), COMMANDS: text(commands)},
        services={"varnish": _service(tier, host)},
        secrets=named(tier.secrets),
        # nftables: nobody new may come while it restarts.
        packages=("nftables", "varnish"),
    )


def _collapsed(sources: Sequence[str]) -> list[str]:
    """The same addresses as the least number of subnets: Varnish 9 warns of neighbours in an ACL, as it joins them."""
    subnets = [ipaddress.ip_network(source) for source in sources]
    least: list[ipaddress.IPv4Network | ipaddress.IPv6Network] = []
    least += ipaddress.collapse_addresses(each for each in subnets if isinstance(each, ipaddress.IPv4Network))
    least += ipaddress.collapse_addresses(each for each in subnets if isinstance(each, ipaddress.IPv6Network))
    return [str(subnet).removesuffix(f"/{subnet.max_prefixlen}") for subnet in least]


def _readable(tier: Cache) -> dict[str, str]:
    """Attributes of the VCL: its compiler is not root."""
    return {"mode": "0600", "owner": USER} if tier.secrets else {}


def _service(tier: Cache, host: Host) -> Json:
    # Its own address as well as the VIPs: PURGE is for each cache.
    addresses = (host.address, *(tier.vip.served if tier.vip else ()))
    return {
        "daemon": "varnish",
        "files": ["/etc/varnish/"],
        "config": VCL,
        "commands": COMMANDS,
        "listen": [*(f"{bracketed(each)}:{tier.port}" for each in addresses), f"health=127.0.0.1:{HEALTH_PORT}"],
        "storage": f"malloc,{tier.storage}",
        "management": f"127.0.0.1:{MANAGEMENT_PORT}",
        "port": tier.port,
        "health": HEALTH,
    }


def _local_first(servers: tuple[Endpoint, ...], host: Host) -> list[Endpoint]:
    return sorted(servers, key=lambda server: server.address != host.address)
