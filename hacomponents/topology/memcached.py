"""The memcached tier: pages in memory, for a reverse proxy to find before it asks anybody else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from hacomponents.topology import fields
from hacomponents.topology.tier import Endpoint, Listener, Reach, Tier, endpoints

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from hacomponents.errors import Problem
    from hacomponents.topology.network import Network

# Megabytes; more than most machines have, and less than memcached's own limit.
LARGEST = 1_000_000


@dataclass(frozen=True)
class Memcached(Tier):
    """Hosts with memcached. They know nothing of each other: who fills them writes to each.

    One that fails costs no VIP: a site goes on without it, only slower.

    Args:
        name: unique in the site.
        hosts: any number.
        clients: addresses and subnets that may come as well as the tiers in front, such as those of the application
            that fills it. Default: none.
        port: TCP. Default: 11211.
        memory_limit: megabytes for items. Default: 64.
    """

    clients: Sequence[str] = ()
    port: int = 11211
    memory_limit: int = 64

    speaks_http: ClassVar[bool] = False

    @property
    def endpoints(self) -> tuple[Endpoint, ...]:
        """One a host."""
        return endpoints(self.name, self.hosts, None, self.port)

    @property
    def listeners(self) -> tuple[Listener, ...]:
        """The port of memcached."""
        return (Listener(f"{self.name}.port", self.port, Reach.FRONT_ONLY, tuple(self.clients)),)

    def check(self, network: Network) -> Iterator[Problem]:
        """Rules of memcached's settings."""
        del network
        yield from fields.integer(f"{self.name}.port", self.port, 1, 65535)
        yield from fields.integer(f"{self.name}.memory_limit", self.memory_limit, 1, LARGEST)
        yield from fields.subnets(f"{self.name}.clients", self.clients)
