"""The application tier: the files of the application, its environment, and what serves it."""

from __future__ import annotations

from functools import singledispatch
from typing import TYPE_CHECKING

from hacomponents.render.host_files import HostFiles, agent_check, data, text
from hacomponents.render.server import apache_php, command, gunicorn, passenger, puma, thin, tomcat
from hacomponents.render.server.place import USER, Place, variables
from hacomponents.topology.named_secrets import filled, named
from hacomponents.topology.server import ApachePhp, Command, Gunicorn, Passenger, Puma, Thin, Tomcat

if TYPE_CHECKING:
    from hacomponents.topology.app import App
    from hacomponents.topology.network import Host
    from hacomponents.topology.server import Server
    from hacomponents.topology.site import Site


def files_for(tier: App, host: Host, site: Site) -> HostFiles:
    """What a host of the tier gets."""
    own = _served(tier.server, tier, host, site)
    place = Place(tier)
    files = {f"{place.directory}/{name}": data(content) for name, content in tier.folder.files.items()}
    # One file a variable, for the host's supervisor; secrets among them are only readable by the server's user.
    for name, value in sorted(variables(tier.server).items()):
        files[f"{place.environment}/{name}"] = text(value + "\n", mode="0600", owner=USER)
    for name in place.secret_files:
        files[f"{place.secrets}/{name}"] = text(filled(f"@@{name}@@", tier.server.secrets), mode="0600", owner=USER)
    return HostFiles(
        files={**files, **own.files},
        services={**own.services, "agent-check": agent_check(host, *sorted(own.files)[:1])},
        secrets=(*named(tier.server.secret_env), *named(tier.server.secrets)),
        packages=(*own.packages, *tier.server.packages),
    )


@singledispatch
def _served(server: Server, tier: App, host: Host, site: Site) -> HostFiles:
    raise TypeError(f"no template for a {type(server).__name__} ({site.name}, {tier.name}, {host.name})")


_served.register(ApachePhp, apache_php.files_for)
_served.register(Command, command.files_for)
_served.register(Gunicorn, gunicorn.files_for)
_served.register(Passenger, passenger.files_for)
_served.register(Puma, puma.files_for)
_served.register(Thin, thin.files_for)
_served.register(Tomcat, tomcat.files_for)
