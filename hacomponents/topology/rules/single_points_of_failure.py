"""Single points of failure: something should stand in for each part of a site.

A reverse proxy, a balancer or a cache keeps nothing that another host could not have, so one host is always worth a
warning; memcached alone may be missing. An application may keep its data on its host, and only its author knows: a
single host with several servers is taken for wanted, a single server is not, since even a deploy stops the site.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hacomponents.errors import Problem
from hacomponents.topology.app import App
from hacomponents.topology.memcached import Memcached

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hacomponents.topology.site import Site
    from hacomponents.topology.tier import Tier


def warnings(site: Site, tier: Tier) -> Iterator[Problem]:
    """Warn where one host is a single point of failure.

    Args:
        site: the whole.
        tier: one of its own, which is right by itself.
    """
    if tier.vip is not None or isinstance(tier, Memcached):
        return
    servers = tier.endpoints
    if len(servers) == 1:
        rule = f"nothing stands in for {servers[0].name}: when it fails, so does the site"
        yield Problem(f"{tier.name}.hosts", rule, _remedy(tier), len(tier.hosts))
    elif not isinstance(tier, App) and not site.in_front_of(tier):
        rule = f"clients reach {servers[0].name} only, and no other host stands in for it"
        yield Problem(f"{tier.name}.vip", rule, 'give the two hosts an address that moves: vip=Vip("10.10.0.10")', None)


def _remedy(tier: Tier) -> str:
    if isinstance(tier, App):
        return "give two hosts, or several servers where the application keeps its data on its host"
    return 'give two hosts, and an address that moves between them: vip=Vip("10.10.0.10")'
