"""Any program that answers HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hacomponents.render.host_files import HostFiles
from hacomponents.render.server.place import CURRENT, Place
from hacomponents.render.server.process import process
from hacomponents.topology.server.command import FILE

if TYPE_CHECKING:
    from hacomponents.topology.app import App
    from hacomponents.topology.network import Host
    from hacomponents.topology.server import Command
    from hacomponents.topology.site import Site


def files_for(server: Command, tier: App, host: Host, site: Site) -> HostFiles:
    """What a host of the tier gets beside the application."""
    del site
    folder = CURRENT + Place(tier).secrets
    command = [FILE.sub(rf"{folder}/\g<name>", word) for word in server.start]
    return HostFiles(
        services={
            f"command-{endpoint.port}": process(tier, endpoint, command, stop_signal=server.stop_signal)
            for endpoint in server.endpoints(host)
        }
    )
