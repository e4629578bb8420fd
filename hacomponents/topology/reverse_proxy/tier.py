"""The tier itself: hosts with nginx, and the web sites that they serve."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from hacomponents.errors import Problem
from hacomponents.topology import fields
from hacomponents.topology.reverse_proxy.names import ANY
from hacomponents.topology.reverse_proxy.status import Status
from hacomponents.topology.reverse_proxy.trust import check_trust
from hacomponents.topology.reverse_proxy.virtual_host import VirtualHost
from hacomponents.topology.tier import AGENT_CHECK, Endpoint, Listener, Reach, Service, Tier, endpoints

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from hacomponents.topology.network import Network
    from hacomponents.topology.tier import TierInput
    from hacomponents.topology.vip import Vip

# On loopback, for the check of keepalived and the proof of a push.
STATUS_PORT = 8009
HEALTH = f"http://127.0.0.1:{STATUS_PORT}/health"


@dataclass(frozen=True)
class ReverseProxy(Tier):
    """Hosts with nginx.

    Args:
        name: unique in the site.
        hosts: two with a VIP, or any number without.
        sites: what is served, told apart by the name that a client asks for; a name of none gets no answer.
        vip: the address that moves between the two hosts.
        port: of all sites. Default: 80.
        tls_port: of those with TLS. Default: 443.
        trusted_proxies: networks of proxies in front that are not of the site, whose word on a client's address
            (X-Forwarded-For) and on its protocol (X-Forwarded-Proto) is taken, as that of the tier in front is.
            Default: none; what a client says of itself is never taken.
        proxy_protocol: whoever is in front tells the client's address by the PROXY protocol, on every connection; by
            headers, haproxy of the site tells the protocol, and nobody anything else. Default: False.
        worker_connections: of each of nginx's workers. Default: 4096.
        status: nginx's counters, for a monitoring system. Default: none.
        short_form: the program gave the first site's settings to the tier itself, as messages then say. Default: False.
    """

    sites: tuple[VirtualHost, ...]
    vip: Vip | None = None
    port: int = 80
    tls_port: int = 443
    trusted_proxies: Sequence[str] = ()
    proxy_protocol: bool = False
    worker_connections: int = 4096
    status: Status | None = None
    short_form: bool = False

    @property
    def virtual_hosts(self) -> Mapping[str, VirtualHost]:
        """The sites, by path."""
        paths = (self._path(index) for index in range(len(self.sites)))
        return {path: site for path, site in zip(paths, self.sites, strict=True) if isinstance(site, VirtualHost)}

    @property
    def targets(self) -> Mapping[str, TierInput]:
        """The tiers that it asks, by path."""
        each = ((path, site.targets) for path, site in self.virtual_hosts.items())
        return {f"{path}.{field}": tier for path, targets in each for field, tier in targets.items()}

    @property
    def endpoints(self) -> tuple[Endpoint, ...]:
        """Where clients of this tier go."""
        return endpoints(self.name, self.hosts, self.vip, self.port)

    @property
    def listeners(self) -> tuple[Listener, ...]:
        """The sites, the status pages of monitoring and of our own on loopback, and the port of the agent's check."""
        own = (Listener("the status pages of nginx", STATUS_PORT, Reach.NOBODY), AGENT_CHECK)
        status = (self.status.listener(f"{self.name}.status.port"),) if self.status else ()
        tls = (Listener(f"{self.name}.tls_port", self.tls_port),) if self.has_tls else ()
        return (*own, Listener(f"{self.name}.port", self.port), *tls, *status)

    @property
    def has_tls(self) -> bool:
        """Whether a site of it is served by HTTPS."""
        return any(site.tls is not None for site in self.virtual_hosts.values())

    @property
    def services(self) -> tuple[Service, ...]:
        """The daemon, nginx."""
        return (Service("nginx", HEALTH),)

    def check(self, network: Network) -> Iterator[Problem]:
        """Rules of nginx's settings."""
        del network
        yield from fields.integer(f"{self.name}.port", self.port, 1, 65535)
        yield from fields.integer(f"{self.name}.tls_port", self.tls_port, 1, 65535)
        yield from fields.integer(f"{self.name}.worker_connections", self.worker_connections, 16, 65535)
        yield from fields.part(f"{self.name}.status", self.status, Status, "allow=[...]", optional=True)
        yield from check_trust(self.name, self.trusted_proxies, self.proxy_protocol)
        yield from self._check_sites()
        for path, site in self.virtual_hosts.items():
            yield from site.check(path)
        yield from self._check_names()
        yield from self._check_server_names()

    def _check_sites(self) -> Iterator[Problem]:
        path = f"{self.name}.sites"
        if not self.sites:
            yield Problem(path, "must hold at least one virtual host", "give to=..., or sites=[VirtualHost(...)]")
        if self.short_form and len(self.sites) > 1:
            rule = "cannot stand beside `to` and the settings of a single site"
            yield Problem(path, rule, "move those into a VirtualHost(...) of their own, or remove one of both")
        for index, site in enumerate(self.sites):
            if not isinstance(site, VirtualHost):
                remedy = 'write VirtualHost("shop", to=...)'
                yield Problem(self._path(index), "must be a VirtualHost", remedy, site)

    def _path(self, index: int) -> str:
        """How the program calls a site."""
        at = index - self.short_form
        return self.name if at < 0 else f"{self.name}.sites[{at}]"

    def _check_names(self) -> Iterator[Problem]:
        owners: dict[str, str] = {}
        for path, site in self.virtual_hosts.items():
            if owners.setdefault(site.name, path) != path:
                rule = f"{site.name} is already the name of {owners[site.name]}"
                yield Problem(f"{path}.name", rule, "rename one of them: upstreams and logs are called so")

    def _check_server_names(self) -> Iterator[Problem]:
        """Nginx itself would only warn, and ignore the second one."""
        owners: dict[str, str] = {}
        for path, site in self.virtual_hosts.items():
            for field, names in site.names.items():
                for name in map(str.lower, names):
                    owner = owners.setdefault(name, f"{path}.{field}")
                    if owner != f"{path}.{field}":
                        what = "any name" if name == ANY else name
                        yield Problem(f"{path}.{field}", f"{what} already belongs to {owner}", "remove one of them")
