"""The load-balancer tier."""

from typing import TypedDict, Unpack

import pulumi

from hacomponents.components.tier import TierComponent
from hacomponents.hosts.group import HostGroup
from hacomponents.topology.load_balancer import Cookie, DefaultServer, LoadBalancer, Stats, Timeouts
from hacomponents.topology.vip import Vip


class LoadBalancerSettings(TypedDict, total=False):
    """Keywords of `LoadBalancerTier`; meanings and defaults: `hacomponents.topology.load_balancer.LoadBalancer`."""

    port: int
    balance: str
    maxconn: int
    nbthread: int
    cookie: Cookie | None
    default_server: DefaultServer
    redispatch: bool
    retries: int
    timeout: Timeouts
    stats: Stats | None
    log: tuple[str, str]
    extra_config: str


class LoadBalancerTier(TierComponent):
    """haproxy in front of application servers, on a VIP where it has one.

    Args:
        name: lower-case letters, digits, hyphens.
        hosts: two with a VIP, or any number without.
        to: the tier behind.
        vip: the address that moves between the two hosts. Default: none.
        opts: usual Pulumi options.
        settings: haproxy's own, see `LoadBalancerSettings`.
    """

    kind = "LoadBalancerTier"

    def __init__(
        self,
        name: str,
        *,
        hosts: HostGroup,
        to: TierComponent,
        vip: Vip | None = None,
        opts: pulumi.ResourceOptions | None = None,
        **settings: Unpack[LoadBalancerSettings],
    ) -> None:
        super().__init__(LoadBalancer(name, hosts.hosts, to.tier, vip, **settings), hosts, opts)
        self.roll_out(vip, behind=[to])
        self.register_outputs({"url": self.url})
