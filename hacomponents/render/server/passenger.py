"""Passenger's built-in engine, in the foreground."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hacomponents.render.host_files import HostFiles
from hacomponents.render.server.place import USER, Place
from hacomponents.render.server.process import process

if TYPE_CHECKING:
    from hacomponents.topology.app import App
    from hacomponents.topology.network import Host
    from hacomponents.topology.server import Passenger
    from hacomponents.topology.site import Site
    from hacomponents.topology.tier import Endpoint

AGENT = "/usr/lib/passenger/support-binaries/PassengerAgent"
ROOT = "/usr/lib/ruby/vendor_ruby/phusion_passenger/locations.ini"


def files_for(server: Passenger, tier: App, host: Host, site: Site) -> HostFiles:
    """What a host of the tier gets beside the application."""
    del site
    return HostFiles(
        services={
            f"passenger-{endpoint.port}": process(tier, endpoint, _command(server, tier, endpoint))
            for endpoint in server.endpoints(host)
        },
        packages=("passenger",),
    )


def _command(server: Passenger, tier: App, endpoint: Endpoint) -> list[str]:
    """What `passenger start --engine builtin` runs, but for its own supervision and its hurry to end."""
    place = Place(tier)
    settings = {
        "--listen": f"tcp://{endpoint.address}:{endpoint.port}",
        "--environment": server.environment,
        "--app-type": "rack",
        "--startup-file": server.entry,
        "--max-pool-size": server.max_pool_size,
        "--min-instances": server.min_instances,
        "--pool-idle-time": server.pool_idle_time,
        "--max-request-queue-size": server.max_request_queue_size,
        "--data-buffer-dir": place.state,
        "--ctl": f"spawn_dir={place.state}",
        # Shows the pool: curl --unix-socket ... http://passenger/pool.txt
        "--api-listen": f"unix:{place.state}/passenger.sock",
    }
    flags = ["--disable-security-update-check", "--disable-anonymous-telemetry", "--no-show-version-in-header"]
    words = [str(word) for setting in settings.items() for word in setting]
    common = ["--passenger-root", ROOT, "--no-user-switching", "--default-user", USER]
    # It spawns processes at any time: the directory, not the link to it, or old ones would see a new release.
    return [AGENT, "core", *common, *words, *flags, "."]
