"""Who sends requests to a tier."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hacomponents.topology.tier import Tier, targets

if TYPE_CHECKING:
    from hacomponents.topology.site import Site


def in_front_of(tier: Tier, site: Site) -> tuple[Tier, ...]:
    """The tiers that send requests to this one; none where clients do."""
    return tuple(other for other in site.tiers if tier.name in _behind(other))


def addresses_in_front_of(tier: Tier, site: Site) -> set[str]:
    """The addresses of the hosts from which requests come."""
    return {host.address for front in in_front_of(tier, site) for host in front.hosts}


def _behind(tier: Tier) -> set[str]:
    """Names of the tiers that it asks: what a setting holds may be a copy whose secrets are not resolved."""
    return {target.name for target in targets(tier).values() if isinstance(target, Tier)}
