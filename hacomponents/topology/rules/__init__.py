"""The rules of a whole site: each tier's own first, then those between the tiers that keep theirs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hacomponents.topology.network import check_network
from hacomponents.topology.rules import (
    pairs,
    proxy_protocol,
    single_points_of_failure,
    site,
    source_address,
    targets,
    unasked,
)
from hacomponents.topology.tier import check_tier

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hacomponents.errors import Problem
    from hacomponents.topology.site import Site
    from hacomponents.topology.tier import Tier

BETWEEN = (targets, proxy_protocol, site, pairs)
WARNINGS = (single_points_of_failure, pairs, source_address, unasked)


def problems(whole: Site) -> Iterator[Problem]:
    """All that is wrong with a site: the network, each tier by itself, and the tiers that are right against each other.

    A tier that is wrong by itself is not held against others: what would be told then often follows from the first.
    Nor is any tier on a network that is wrong, where addresses are missing.
    """
    of_network = list(check_network(whole.network))
    yield from of_network
    right: list[Tier] = []
    for tier in whole.tiers:
        wrong = list(check_tier(tier, whole.network))
        yield from wrong
        right += [] if wrong else [tier]
    for rules in () if of_network else BETWEEN:
        yield from rules.problems(whole, right)


def warnings(whole: Site, tier: Tier) -> Iterator[Problem]:
    """What is unwise in a tier, and stops nothing; where the tier is wrong by itself, that is told instead.

    Args:
        whole: the site.
        tier: one of its own.
    """
    if any(check_network(whole.network)) or any(check_tier(tier, whole.network)):
        return
    for rules in WARNINGS:
        yield from rules.warnings(whole, tier)
    yield from tier.warnings()
