"""Thin: one service a port."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hacomponents.render.part import Json, Part, text
from hacomponents.render.server.place import CURRENT, USER, Place
from hacomponents.render.template import render

if TYPE_CHECKING:
    from hacomponents.topology.app import App
    from hacomponents.topology.network import Host
    from hacomponents.topology.server import Thin
    from hacomponents.topology.site import Site


def part(server: Thin, tier: App, host: Host, site: Site) -> Part:
    """What a host of the tier gets beside the application."""
    place = Place(tier)
    config = f"{place.etc}.yml"
    content = render("thin/thin.yml.j2", site=site, tier=tier, host=host, directory=place.directory)
    return Part(
        files={config: text(content)},
        services={f"thin-{port}": _service(tier, host, port, config) for port in server.ports},
        packages=("thin",),
    )


def _service(tier: App, host: Host, port: int, config: str) -> Json:
    place = Place(tier)
    folder, *environment = place.feeds
    return {
        "daemon": "process",
        "files": [folder, config, *environment],
        "command": [*place.variables, "/usr/bin/thin", "start", "--config", CURRENT + config, "--port", str(port)],
        "user": USER,
        "directory": place.directory,
        "environment": {"PORT": str(port)},
        "health": f"http://{host.address}:{port}{tier.server.health}",
        "health_timeout": tier.server.health_timeout,
        "writable": [place.state],
        "port": port,
        # Thin ends at once on any other signal, with the requests that it has.
        "stop_signal": "QUIT",
    }
