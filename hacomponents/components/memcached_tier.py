"""The memcached tier."""

from collections.abc import Sequence
from typing import TypedDict, Unpack

import pulumi

from hacomponents.components.tier import TierComponent
from hacomponents.hosts.group import HostGroup, addresses
from hacomponents.topology.memcached import Memcached


class MemcachedSettings(TypedDict, total=False):
    """Keywords of `MemcachedTier`; meanings and defaults: `hacomponents.topology.memcached.Memcached`."""

    port: int
    memory_limit: int


class MemcachedTier(TierComponent):
    """memcached on each of some hosts, for a reverse proxy to look pages up in.

    Args:
        name: lower-case letters, digits, hyphens.
        hosts: any number.
        clients: hosts, addresses and subnets that may come as well as the tiers in front, such as the hosts of the
            application that fills it. Default: none.
        opts: usual Pulumi options.
        settings: memcached's own, see `MemcachedSettings`.
    """

    kind = "MemcachedTier"

    def __init__(
        self,
        name: str,
        *,
        hosts: HostGroup,
        clients: Sequence[HostGroup | str] = (),
        opts: pulumi.ResourceOptions | None = None,
        **settings: Unpack[MemcachedSettings],
    ) -> None:
        super().__init__(Memcached(name, hosts.hosts, addresses(clients), **settings), hosts, opts)
        self.roll_out()
        self.register_outputs({"servers": self.servers})

    @property
    def servers(self) -> str:
        """All servers, as clients of memcached read them: `10.10.0.5:11211 10.10.0.6:11211`."""
        return " ".join(f"{server.address}:{server.port}" for server in self.tier.endpoints)
