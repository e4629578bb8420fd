"""Who sends requests to a tier."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hacomponents.topology.tier import Tier, targets
from hacomponents.topology.vip import Vip

if TYPE_CHECKING:
    from hacomponents.topology.site import Site


def in_front_of(tier: Tier, site: Site) -> tuple[Tier, ...]:
    """The tiers that send requests to this one; none where clients do."""
    return tuple(other for other in site.tiers if tier.name in _behind(other))


def believed(tier: Tier, site: Site) -> tuple[str, ...]:
    """The addresses from which the tiers in front ask: their word on clients is taken, and nobody else's."""
    hosts = {host for front in in_front_of(tier, site) for host in front.hosts}
    vip = getattr(tier, "vip", None)
    # Of a connection to a VIP on the same host, both ends have it.
    own = vip.served if isinstance(vip, Vip) and hosts.intersection(tier.hosts) else ()
    return tuple(sorted({*own, *(address for host in hosts for address in host.addresses)}))


def _behind(tier: Tier) -> set[str]:
    """Names of the tiers that it asks: what a setting holds may be a copy whose secrets are not resolved."""
    return {target.name for target in targets(tier).values() if isinstance(target, Tier)}
