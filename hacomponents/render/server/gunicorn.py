"""Gunicorn."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hacomponents.render.host_files import HostFiles, text
from hacomponents.render.server.place import CURRENT, Place
from hacomponents.render.server.process import process
from hacomponents.render.template import render

if TYPE_CHECKING:
    from hacomponents.topology.app import App
    from hacomponents.topology.network import Host
    from hacomponents.topology.server import Gunicorn
    from hacomponents.topology.site import Site


def files_for(server: Gunicorn, tier: App, host: Host, site: Site) -> HostFiles:
    """What a host of the tier gets beside the application."""
    config = f"{Place(tier).etc}.py"
    proxies = site.believed_by(tier)
    content = render("gunicorn/gunicorn.py.j2", site=site, tier=tier, server=server, host=host, proxies=proxies)
    command = ["/usr/bin/gunicorn", "--config", CURRENT + config]
    return HostFiles(
        files={config: text(content)},
        services={
            f"gunicorn-{endpoint.port}": process(tier, endpoint, command, files=[config])
            for endpoint in server.endpoints(host)
        },
        packages=("gunicorn",),
    )
