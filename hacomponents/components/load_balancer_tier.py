"""The load-balancer tier."""

from collections.abc import Mapping, Sequence
from typing import TypedDict, Unpack

import pulumi

from hacomponents.components.tier import TierComponent, with_tiers
from hacomponents.hosts.group import HostGroup
from hacomponents.topology.load_balancer import (
    Backend,
    Cookie,
    DefaultServer,
    HttpCheck,
    LoadBalancer,
    Prometheus,
    Stats,
    StickTable,
    Timeouts,
)
from hacomponents.topology.load_balancer.balance_algorithm import Balance
from hacomponents.topology.named_secrets import Secrets
from hacomponents.topology.vip import Vip


class LoadBalancerSettings(TypedDict, total=False):
    """Keywords of `LoadBalancerTier`; meanings and defaults: `hacomponents.topology.load_balancer.LoadBalancer`."""

    port: int
    backends: Sequence[Backend]
    balance: Balance | None
    hash_type: str
    cookie: Cookie | None
    stick: StickTable | None
    cookie_flags: Sequence[str]
    httpchk: HttpCheck | None
    default_server: DefaultServer
    weights: Mapping[str, int]
    drain: Sequence[str]
    maxconn: int
    nbthread: int
    redispatch: bool
    retries: int
    timeout: Timeouts
    stats: Stats | None
    prometheus: Prometheus | None
    log: tuple[str, str]
    extra_config: str
    secrets: Secrets


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
        behind: list[object] = [to]
        further = settings.get("backends", ())
        if isinstance(further, list | tuple):  # else a rule tells
            behind += [getattr(backend, "to", None) for backend in further]
            settings["backends"] = with_tiers(further)
        super().__init__(LoadBalancer(name, hosts.hosts, to.tier, vip, **settings), hosts, opts)
        self.roll_out(vip, behind=behind)
        self.register_outputs({"url": self.url})
