"""Who can tell a tier of its clients by the PROXY protocol, and is believed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hacomponents.errors import Problem
from hacomponents.topology.load_balancer import LoadBalancer
from hacomponents.topology.reverse_proxy import ReverseProxy

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from hacomponents.topology.site import Site
    from hacomponents.topology.tier import Tier


def problems(site: Site, tiers: Sequence[Tier]) -> Iterator[Problem]:
    """Tiers that expect the protocol where nobody in front speaks it, or any client could.

    Args:
        site: the whole.
        tiers: those of it that are right by themselves.
    """
    for tier in tiers:
        for path, target in tier.targets.items():
            if isinstance(target, ReverseProxy) and target.proxy_protocol is True:
                yield from _check_speaker(path, tier, target)
        if isinstance(tier, ReverseProxy) and tier.proxy_protocol:
            yield from _check_believed(tier, site)


def _check_speaker(path: str, tier: Tier, target: ReverseProxy) -> Iterator[Problem]:
    """Haproxy speaks it, nginx and Varnish do not."""
    if not isinstance(tier, LoadBalancer):
        rule = f"{target.name} is told of clients by the PROXY protocol, which {tier.name} does not speak"
        yield Problem(path, rule, f"leave out proxy_protocol of {target.name}: headers tell the same")


def _check_believed(tier: ReverseProxy, site: Site) -> Iterator[Problem]:
    """The tier in front is believed, and whom the program names; any client could speak it."""
    if not tier.trusted_proxies and not site.in_front_of(tier):
        rule = "needs trusted_proxies, since any client could speak it"
        yield Problem(f"{tier.name}.proxy_protocol", rule, "name the networks of the balancers in front")
