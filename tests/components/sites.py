"""Sample programs: a whole Rails HA site, of which a test states only what differs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hacomponents import AppTier, Firewall, LoadBalancerTier, ReverseProxyTier, Stats, Thin, Vip
from hacomponents.docker import Network

if TYPE_CHECKING:
    from collections.abc import Mapping

NOTHING: Mapping[str, Any] = {}
CLOSED = Firewall()


def rails(  # noqa: PLR0913  # one keyword for each part that a test may change
    *,
    kind: Any = Network,
    network: str = "rails",
    cidr: str = "10.10.0.0/24",
    firewall: Any = CLOSED,
    app_name: str = "app",
    app_hosts: int = 1,
    lb_hosts: int = 2,
    web_hosts: int = 2,
    thin: Mapping[str, Any] = NOTHING,
    stats: Mapping[str, Any] = NOTHING,
    lb_vip: Mapping[str, Any] = NOTHING,
    web_vip: Mapping[str, Any] = NOTHING,
    lb: Mapping[str, Any] = NOTHING,
    web: Mapping[str, Any] = NOTHING,
) -> ReverseProxyTier:
    """Declare the site on a network of some kind; each mapping overrides keywords of one constructor."""
    net = kind(network, cidr=cidr, firewall=firewall)
    server = Thin(**{"app": "stacks/rails_app", **thin})
    app = AppTier(app_name, hosts=net.hosts("app", app_hosts), server=server)
    balancer = LoadBalancerTier(
        **{
            "name": "lb",
            "hosts": net.hosts("lb", lb_hosts),
            "to": app,
            "vip": Vip(**{"address": "10.10.0.20", **lb_vip}),
            "stats": Stats(**{"password": "correct-horse", **stats}),
            **lb,
        }
    )
    return ReverseProxyTier(
        **{
            "name": "web",
            "hosts": net.hosts("web", web_hosts),
            "to": balancer,
            "vip": Vip(**{"address": "10.10.0.10", **web_vip}),
            **web,
        }
    )
