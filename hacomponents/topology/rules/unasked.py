"""Tiers that nobody comes to: no other one asks them, and the program names no clients of theirs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hacomponents.errors import Problem
from hacomponents.topology.app import App
from hacomponents.topology.memcached import Memcached

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hacomponents.topology.site import Site
    from hacomponents.topology.tier import Tier

REMEDY = "give it to the tier in front as to=, or name who comes, such as clients=[balancers]"


def warnings(site: Site, tier: Tier) -> Iterator[Problem]:
    """Warn of a tier of servers alone that is closed, which its author may not know.

    Args:
        site: the whole.
        tier: one of its own, which is right by itself.
    """
    if not isinstance(tier, App | Memcached) or tier.clients or not site.network.firewall:
        return
    if not site.in_front_of(tier):
        rule = f"no tier has {tier.name} behind it, and no clients are named: only management reaches it"
        yield Problem(f"{tier.name}.clients", rule, REMEDY, tier.clients)
