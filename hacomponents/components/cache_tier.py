"""The cache tier."""

from collections.abc import Sequence
from typing import TypedDict, Unpack

import pulumi

from hacomponents.components.tier import TierComponent
from hacomponents.hosts.group import HostGroup, addresses
from hacomponents.topology.cache import Cache, Probe
from hacomponents.topology.named_secrets import Secrets
from hacomponents.topology.vip import Vip


class CacheSettings(TypedDict, total=False):
    """Keywords of `CacheTier`; meanings and defaults: `hacomponents.topology.cache.Cache`."""

    port: int
    storage: str
    default_ttl: float
    default_grace: float
    connect_timeout: float
    first_byte_timeout: float
    between_bytes_timeout: float
    probe: Probe
    extra_config: str
    secrets: Secrets


class CacheTier(TierComponent):
    """Varnish in front of another tier, on a VIP where it has one.

    Args:
        name: lower-case letters, digits, hyphens.
        hosts: two with a VIP, or any number without.
        to: the tier behind.
        vip: the address that moves between the two hosts. Default: none.
        purge: hosts, addresses and subnets from where PURGE is allowed. Default: none.
        opts: usual Pulumi options.
        settings: Varnish's own, see `CacheSettings`.
    """

    kind = "CacheTier"

    def __init__(
        self,
        name: str,
        *,
        hosts: HostGroup,
        to: TierComponent,
        vip: Vip | None = None,
        purge: Sequence[HostGroup | str] = (),
        opts: pulumi.ResourceOptions | None = None,
        **settings: Unpack[CacheSettings],
    ) -> None:
        tier = Cache(name, hosts.hosts, to.tier, vip, purge=addresses(purge), **settings)
        super().__init__(tier, hosts, opts)
        self.roll_out(vip, behind=[to])
        self.register_outputs({"url": self.url})
