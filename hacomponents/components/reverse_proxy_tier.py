"""The reverse-proxy tier."""

from collections.abc import Sequence
from typing import TypedDict, Unpack

import pulumi

from hacomponents.components.tier import TierComponent
from hacomponents.hosts.group import HostGroup
from hacomponents.topology.reverse_proxy import ReverseProxy
from hacomponents.topology.vip import Vip


class ReverseProxySettings(TypedDict, total=False):
    """Keywords of `ReverseProxyTier`; meanings and defaults: `hacomponents.topology.reverse_proxy.ReverseProxy`."""

    port: int
    server_name: Sequence[str]
    worker_connections: int
    keepalive: int
    proxy_connect_timeout: float
    proxy_read_timeout: float
    proxy_next_upstream_tries: int
    client_max_body_size: str
    extra_config: str


class ReverseProxyTier(TierComponent):
    """nginx in front of another tier, on a VIP where it has one.

    Args:
        name: lower-case letters, digits, hyphens.
        hosts: two with a VIP, or any number without.
        to: the tier behind.
        vip: the address that moves between the two hosts. Default: none.
        opts: usual Pulumi options.
        settings: nginx's own, see `ReverseProxySettings`.
    """

    kind = "ReverseProxyTier"

    def __init__(
        self,
        name: str,
        *,
        hosts: HostGroup,
        to: TierComponent,
        vip: Vip | None = None,
        opts: pulumi.ResourceOptions | None = None,
        **settings: Unpack[ReverseProxySettings],
    ) -> None:
        super().__init__(ReverseProxy(name, hosts.hosts, to.tier, vip, **settings), hosts, opts)
        self.roll_out(vip, behind=[to])
        self.register_outputs({"url": self.url})
