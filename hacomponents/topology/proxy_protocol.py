"""Who can tell a tier of its clients by the PROXY protocol, and is believed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hacomponents.errors import Problem
from hacomponents.topology.fronts import in_front_of
from hacomponents.topology.load_balancer import LoadBalancer
from hacomponents.topology.reverse_proxy import ReverseProxy

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hacomponents.topology.site import Site
    from hacomponents.topology.tier import Tier


def check_speaker(path: str, tier: Tier, target: object) -> Iterator[Problem]:
    """A tier in front of one that expects the protocol: haproxy speaks it, nginx and Varnish do not.

    Args:
        path: of the setting.
        tier: in front.
        target: what was given.
    """
    if isinstance(target, ReverseProxy) and target.proxy_protocol is True and not isinstance(tier, LoadBalancer):
        rule = f"{target.name} is told of clients by the PROXY protocol, which {tier.name} does not speak"
        yield Problem(path, rule, f"leave out proxy_protocol of {target.name}: headers tell the same")


def check_believed(tier: Tier, site: Site) -> Iterator[Problem]:
    """A tier that expects the protocol believes the tier in front, and whom it names; any client could speak it.

    Args:
        tier: one of them.
        site: the whole.
    """
    if not isinstance(tier, ReverseProxy) or tier.proxy_protocol is not True:
        return
    if not tier.trusted_proxies and not in_front_of(tier, site):
        rule = "needs trusted_proxies, since any client could speak it"
        yield Problem(f"{tier.name}.proxy_protocol", rule, "name the networks of the balancers in front")
