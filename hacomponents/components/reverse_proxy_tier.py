"""The reverse-proxy tier."""

from collections.abc import Mapping, Sequence
from typing import TypedDict, Unpack, cast

import pulumi

from hacomponents.components.tier import TierComponent, url_of, with_tiers
from hacomponents.hosts.group import HostGroup
from hacomponents.topology.named_secrets import Secrets
from hacomponents.topology.reverse_proxy import (
    Gzip,
    Limits,
    MemcachedLookup,
    ReverseProxy,
    SelfSigned,
    Status,
    Tls,
    VirtualHost,
)
from hacomponents.topology.reverse_proxy.balance_method import Balance
from hacomponents.topology.reverse_proxy.names import ANY
from hacomponents.topology.vip import Vip


class VirtualHostSettings(TypedDict, total=False):
    """Keywords of a single site; meanings and defaults: `hacomponents.topology.reverse_proxy.VirtualHost`."""

    server_name: Sequence[str]
    redirect_from: Sequence[str]
    balance: Balance
    keepalive: int
    proxy_connect_timeout: float
    proxy_read_timeout: float
    proxy_next_upstream: Sequence[str]
    proxy_next_upstream_tries: int
    client_max_body_size: str
    memcached: MemcachedLookup | None
    tls: Tls | SelfSigned | None
    gzip: Gzip | None
    limits: Limits | None
    headers: Mapping[str, str | None]
    extra_config: str
    secrets: Secrets


class TierSettings(TypedDict, total=False):
    """Keywords for all sites; meanings and defaults: `hacomponents.topology.reverse_proxy.ReverseProxy`."""

    port: int
    tls_port: int
    trusted_proxies: Sequence[str]
    proxy_protocol: bool
    worker_connections: int
    status: Status | None


class ReverseProxySettings(VirtualHostSettings, TierSettings, total=False):
    """Keywords of `ReverseProxyTier`."""


class ReverseProxyTier(TierComponent):
    """nginx in front of other tiers, on a VIP where it has one.

    Args:
        name: lower-case letters, digits, hyphens.
        hosts: two with a VIP, or any number without.
        to: the tier behind, where there is a single site. Default: none, there are `sites`.
        sites: several sites, by the names that clients ask for. Default: one, of `to` and the settings of a site.
        vip: the address that moves between the two hosts. Default: none.
        opts: usual Pulumi options.
        settings: nginx's own, see `TierSettings`, and `VirtualHostSettings` where there is a single site.
    """

    kind = "ReverseProxyTier"

    def __init__(
        self,
        name: str,
        *,
        hosts: HostGroup,
        to: TierComponent | None = None,
        sites: Sequence[VirtualHost] = (),
        vip: Vip | None = None,
        opts: pulumi.ResourceOptions | None = None,
        **settings: Unpack[ReverseProxySettings],
    ) -> None:
        own, others = _split(settings)
        # Where `to` is missing, or both forms are given, a rule tells.
        single = [VirtualHost(name, cast("TierComponent", to), **own)] if to is not None or own else []
        both = (*single, *sites)
        tier = ReverseProxy(name, hosts.hosts, with_tiers(both), vip, short_form=bool(single), **others)
        super().__init__(tier, hosts, opts)
        self.roll_out(vip, behind=[behind for site in both for behind in getattr(site, "targets", {}).values()])
        self.register_outputs({"url": self.url})

    @property
    def url(self) -> str:
        """As of any tier; with TLS by HTTPS, and by the first site's name, as a handshake with another is refused."""
        tier = cast("ReverseProxy", self.tier)
        first = next(iter(tier.by_path.values()), None)
        if first is None or first.tls is None or not tier.endpoints:
            return super().url
        name = next(iter(first.names["server_name"]), ANY)
        host = tier.endpoints[0].address if name == ANY or "*" in name else name
        return url_of("https", host, tier.tls_port)


def _split(settings: ReverseProxySettings) -> tuple[VirtualHostSettings, TierSettings]:
    """Settings of the single site, and those of the tier."""
    of_site = {name: value for name, value in settings.items() if name in VirtualHostSettings.__annotations__}
    of_tier = {name: value for name, value in settings.items() if name not in of_site}
    return cast("VirtualHostSettings", of_site), cast("TierSettings", of_tier)
