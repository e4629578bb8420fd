"""Thin: one service a port."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hacomponents.render.host_files import HostFiles, text
from hacomponents.render.server.place import CURRENT, Place
from hacomponents.render.server.process import process
from hacomponents.render.template import render

if TYPE_CHECKING:
    from hacomponents.render.host_files import Json
    from hacomponents.topology.app import App
    from hacomponents.topology.network import Host
    from hacomponents.topology.server import Thin
    from hacomponents.topology.site import Site
    from hacomponents.topology.tier import Endpoint


def files_for(server: Thin, tier: App, host: Host, site: Site) -> HostFiles:
    """What a host of the tier gets beside the application."""
    place = Place(tier)
    config = f"{place.etc}.yml"
    content = render("thin/thin.yml.j2", site=site, tier=tier, host=host, directory=place.directory)
    return HostFiles(
        files={config: text(content)},
        services={f"thin-{endpoint.port}": _service(tier, endpoint, config) for endpoint in server.endpoints(host)},
        packages=("thin",),
    )


def _service(tier: App, endpoint: Endpoint, config: str) -> Json:
    command = ["/usr/bin/thin", "start", "--config", CURRENT + config, "--port", str(endpoint.port)]
    # Thin ends at once on any other signal, with the requests that it has.
    return process(tier, endpoint, command, files=[config], variables={"PORT": str(endpoint.port)}, stop_signal="QUIT")
