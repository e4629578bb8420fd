"""The application tier: hosts that run an application server."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from hacomponents.errors import Problem
from hacomponents.topology import fields
from hacomponents.topology.server import Folder, Server
from hacomponents.topology.tier import AGENT_CHECK, Endpoint, Listener, Reach, Tier

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from hacomponents.topology.network import Network


@dataclass(frozen=True)
class App(Tier):
    """Hosts with an application server. One that fails costs no VIP: who is in front goes to another server.

    Args:
        name: unique in the site.
        hosts: at least one.
        server: what runs on each of them.
        folder: the application's files.
        clients: addresses and subnets that may come as well as the tiers in front. Default: none.
    """

    server: Server
    folder: Folder
    clients: Sequence[str] = ()

    @property
    def endpoints(self) -> tuple[Endpoint, ...]:
        """What answers, in the order of hosts and ports; read before any rule is asked."""
        if not isinstance(self.server, Server):
            return ()
        return tuple(endpoint for host in self.hosts for endpoint in self.server.endpoints(host))

    @property
    def listeners(self) -> tuple[Listener, ...]:
        """The server's, and the port of the agent's check."""
        path, clients = f"{self.name}.server.port", tuple(self.clients)
        return (
            replace(AGENT_CHECK, reach=Reach.FRONT_ONLY),
            *(Listener(path, port, Reach.FRONT_ONLY, clients) for port in self.server.ports),
        )

    def warnings(self) -> Iterator[Problem]:
        """What is unwise in its application, and stops nothing."""
        yield from self.server.warnings(f"{self.name}.server", self.folder)

    def check(self, network: Network) -> Iterator[Problem]:
        """Rules of the server."""
        del network
        path = f"{self.name}.server"
        if isinstance(self.server, Server):
            yield from self.server.check(path, self.folder)
        else:
            yield Problem(path, "must be an application server", 'write Thin(app="./app")', self.server)
        yield from fields.subnets(f"{self.name}.clients", self.clients)
