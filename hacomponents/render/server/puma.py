"""Puma."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hacomponents.render.host_files import HostFiles, text
from hacomponents.render.server.place import CURRENT, Place
from hacomponents.render.server.process import process
from hacomponents.render.template import render

if TYPE_CHECKING:
    from hacomponents.topology.app import App
    from hacomponents.topology.network import Host
    from hacomponents.topology.server import Puma
    from hacomponents.topology.site import Site


def files_for(server: Puma, tier: App, host: Host, site: Site) -> HostFiles:
    """What a host of the tier gets beside the application."""
    config = f"{Place(tier).etc}.rb"
    content = render("puma/puma.rb.j2", site=site, tier=tier, server=server, host=host)
    command = ["/usr/bin/puma", "--config", CURRENT + config]
    return HostFiles(
        files={config: text(content)},
        services={
            f"puma-{endpoint.port}": process(tier, endpoint, command, files=[config])
            for endpoint in server.endpoints(host)
        },
        packages=("puma",),
    )
