"""What a tier asks of the tiers that it sends requests to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hacomponents.errors import Problem
from hacomponents.topology.cache import Cache, inserted_cookie
from hacomponents.topology.load_balancer import LoadBalancer
from hacomponents.topology.tier import tier_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from hacomponents.topology.site import Site
    from hacomponents.topology.tier import Tier


def problems(site: Site, tiers: Sequence[Tier]) -> Iterator[Problem]:
    """Tiers that cannot be reached, that serve nothing, or that do not go with the tier in front.

    Args:
        site: the whole.
        tiers: those of it that are right by themselves.
    """
    right = {tier.name for tier in tiers}
    for tier in tiers:
        for path, given in tier.targets.items():
            target = tier_of(given)
            elsewhere = list(_check_network(path, tier, target, site))
            yield from elsewhere
            if not elsewhere and target.name in right and not target.endpoints:
                rule = f"{target.name} serves nothing that {tier.name} could reach"
                yield Problem(path, rule, "pass a tier with a port")
        match tier:
            case LoadBalancer():
                yield from _check_servers(tier, right)
            case Cache() if tier.to.name in right:
                yield from _check_cookie(tier)


def _check_network(path: str, tier: Tier, target: Tier, site: Site) -> Iterator[Problem]:
    """A tier reaches what stands on its own network, and nothing else leads anywhere."""
    for other in sorted({host.network for host in target.hosts} - {"", site.network.name}):
        rule = f"{target.name} stands on network {other}, out of reach for {tier.name} on network {site.network.name}"
        yield Problem(path, rule, "take the hosts of both from one network")


def _check_servers(tier: LoadBalancer, right: set[str]) -> Iterator[Problem]:
    """Weights and drain name servers behind."""
    for path, behind, settings in tier.behind:
        if behind.name in right:
            yield from settings.check_servers(path, behind)


def _check_cookie(tier: Cache) -> Iterator[Problem]:
    if cookie := inserted_cookie(tier.to):
        rule = f"{tier.to.name} inserts {cookie} into every answer, so that none would ever be cached"
        remedy = f"give {tier.to.name} cookie=None or another stickiness, or leave it out"
        yield Problem(f"{tier.name}.to", rule, remedy)
