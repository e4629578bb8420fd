"""memcached, for the tier of that name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hacomponents.render.host_files import HostFiles, text
from hacomponents.render.template import render

if TYPE_CHECKING:
    from hacomponents.topology.memcached import Memcached
    from hacomponents.topology.network import Host
    from hacomponents.topology.site import Site


def files_for(tier: Memcached, host: Host, site: Site) -> HostFiles:
    """What a host of the tier gets. Several such tiers may share a host."""
    config = f"/etc/memcached_{tier.name}.conf"
    service = {
        "daemon": "memcached",
        "files": [config],
        "config": config,
        "address": host.address,
        "port": tier.port,
    }
    return HostFiles(
        files={config: text(render("memcached/memcached.conf.j2", site=site, tier=tier, host=host))},
        services={f"memcached-{tier.name}": service},
        packages=("memcached",),
    )
