"""The application tier: hosts that run an application server."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from hacomponents.errors import Problem
from hacomponents.topology.server import Folder, Thin
from hacomponents.topology.tier import AGENT_CHECK, Endpoint, Listener, Service

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hacomponents.topology.network import Host, Network


@dataclass(frozen=True)
class App:
    """Hosts with an application server.

    Args:
        name: unique in the site.
        hosts: at least one.
        server: what runs on each of them.
        folder: the application's files.
    """

    name: str
    hosts: tuple[Host, ...]
    server: Thin
    folder: Folder

    @property
    def endpoints(self) -> tuple[Endpoint, ...]:
        """One a process, in the order of hosts and ports."""
        return tuple(Endpoint(f"{host.name}-{port}", host.address, port) for host in self.hosts for port in self._ports)

    @property
    def listeners(self) -> tuple[Listener, ...]:
        """One a process, and the port of the agent's check."""
        servers = (Listener(f"{self.name}.server.port", port) for port in self._ports)
        return (AGENT_CHECK, *servers)

    @property
    def services(self) -> tuple[Service, ...]:
        """None: who is in front goes to another server, and the VIP stays."""
        return ()

    @property
    def _ports(self) -> tuple[int, ...]:
        return self.server.ports if isinstance(self.server, Thin) else ()

    def check(self, network: Network) -> Iterator[Problem]:
        """Rules of the server."""
        del network
        if isinstance(self.server, Thin):
            yield from self.server.check(f"{self.name}.server", self.folder)
        else:
            yield Problem(
                f"{self.name}.server", "must be an application server", 'write Thin(app="./app")', self.server
            )
