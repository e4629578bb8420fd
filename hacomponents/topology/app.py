"""The application tier: hosts that run an application server."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from hacomponents.errors import Problem
from hacomponents.topology import fields
from hacomponents.topology.server import Folder, Server
from hacomponents.topology.tier import AGENT_CHECK, Endpoint, Listener, Reach, Service

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from hacomponents.topology.network import Host, Network


@dataclass(frozen=True)
class App:
    """Hosts with an application server.

    Args:
        name: unique in the site.
        hosts: at least one.
        server: what runs on each of them.
        folder: the application's files.
        clients: addresses and subnets that may come as well as the tiers in front. Default: none.
    """

    name: str
    hosts: tuple[Host, ...]
    server: Server
    folder: Folder
    clients: Sequence[str] = ()

    @property
    def endpoints(self) -> tuple[Endpoint, ...]:
        """What answers, in the order of hosts and ports."""
        if not isinstance(self.server, Server):
            return ()
        return tuple(endpoint for host in self.hosts for endpoint in self.server.endpoints(host))

    @property
    def listeners(self) -> tuple[Listener, ...]:
        """The server's, and the port of the agent's check."""
        ports = self.server.ports if isinstance(self.server, Server) else ()
        return (
            replace(AGENT_CHECK, reach=Reach.TIERS),
            *(Listener(f"{self.name}.server.port", port, Reach.TIERS, fields.texts(self.clients)) for port in ports),
        )

    @property
    def concurrency(self) -> int:
        """How many requests each endpoint works on at a time; 0 where that is not known (a rule says so)."""
        return self.server.concurrency if isinstance(self.server, Server) else 0

    @property
    def services(self) -> tuple[Service, ...]:
        """None: who is in front goes to another server, and the VIP stays."""
        return ()

    def warnings(self) -> Iterator[Problem]:
        """What is unwise in its application, and stops nothing."""
        if isinstance(self.server, Server):
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
