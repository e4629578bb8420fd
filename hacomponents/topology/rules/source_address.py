"""The address that a balancer sees: behind another tier, it is that tier's, for every client."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hacomponents.errors import Problem
from hacomponents.topology.load_balancer import LoadBalancer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hacomponents.topology.site import Site
    from hacomponents.topology.tier import Tier

REMEDY = 'write Hdr("X-Real-IP"), which the tier in front sets'


def warnings(site: Site, tier: Tier) -> Iterator[Problem]:
    """Warn of choosing by an address that is the same for all; haproxy has nothing against it.

    Args:
        site: the whole.
        tier: one of its own, which is right by itself.
    """
    fronts = site.in_front_of(tier)
    if not isinstance(tier, LoadBalancer) or not fronts:
        return
    rule = f"is the address of {fronts[0].name}, the same for every client: one server gets them all"
    for path, _, settings in tier.behind:
        if settings.balance == "source":
            yield Problem(f"{path}.balance", rule, REMEDY, settings.balance)
        if settings.stick is not None and settings.stick.on == "src":
            yield Problem(f"{path}.stick.on", rule, REMEDY, settings.stick.on)
