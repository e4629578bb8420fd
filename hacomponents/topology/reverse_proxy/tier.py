"""The tier itself: hosts with nginx, and the virtual hosts that they serve."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from hacomponents.errors import Problem
from hacomponents.topology import fields
from hacomponents.topology.reverse_proxy.names import ANY
from hacomponents.topology.reverse_proxy.status import Status
from hacomponents.topology.reverse_proxy.trust import check_trust
from hacomponents.topology.reverse_proxy.virtual_host import VirtualHost
from hacomponents.topology.secret import CALLED
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
        virtual_hosts: what is served, told apart by the name that a client asks for; a name of none gets no answer. In
            programs, `sites`.
        vip: the address that moves between the two hosts.
        port: of all virtual hosts. Default: 80.
        tls_port: of those with TLS. Default: 443.
        trusted_proxies: networks of proxies in front that are not of the site, whose word on a client's address
            (X-Forwarded-For) and on its protocol (X-Forwarded-Proto) is taken, as that of the tier in front is.
            Default: none; what a client says of itself is never taken.
        proxy_protocol: whoever is in front tells the client's address by the PROXY protocol, on every connection; by
            headers, haproxy of the site tells the protocol, and nobody anything else. Default: False.
        worker_connections: of each of nginx's workers. Default: 4096.
        status: nginx's counters, for a monitoring system. Default: none.
        short_form: the program gave the first one's settings to the tier itself, as messages then say. Default: False.
    """

    virtual_hosts: tuple[VirtualHost, ...] = field(metadata={CALLED: "sites"})
    vip: Vip | None = None
    port: int = 80
    tls_port: int = 443
    trusted_proxies: Sequence[str] = ()
    proxy_protocol: bool = False
    worker_connections: int = 4096
    status: Status | None = None
    short_form: bool = False

    @property
    def by_path(self) -> Mapping[str, VirtualHost]:
        """The virtual hosts, by path; read before any rule is asked."""
        paths = ((self._path(index), each) for index, each in enumerate(self.virtual_hosts))
        return {path: each for path, each in paths if isinstance(each, VirtualHost)}

    @property
    def targets(self) -> Mapping[str, TierInput]:
        """The tiers that it asks, by path."""
        each = ((path, virtual_host.targets) for path, virtual_host in self.by_path.items())
        return {f"{path}.{field}": tier for path, targets in each for field, tier in targets.items()}

    @property
    def endpoints(self) -> tuple[Endpoint, ...]:
        """Where clients of this tier go."""
        return endpoints(self.name, self.hosts, self.vip, self.port)

    @property
    def listeners(self) -> tuple[Listener, ...]:
        """The virtual hosts, the status pages of monitoring and of our own on loopback, and the agent's check."""
        own = (Listener("the status pages of nginx", STATUS_PORT, Reach.NOBODY), AGENT_CHECK)
        status = (self.status.listener(f"{self.name}.status.port"),) if self.status else ()
        tls = (Listener(f"{self.name}.tls_port", self.tls_port),) if self.has_tls else ()
        return (*own, Listener(f"{self.name}.port", self.port), *tls, *status)

    @property
    def has_tls(self) -> bool:
        """Whether a virtual host is served by HTTPS."""
        return any(each.tls is not None for each in self.virtual_hosts)

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
        yield from fields.nested(f"{self.name}.status", self.status, Status, "allow=[...]", optional=True)
        yield from check_trust(self.name, self.trusted_proxies, self.proxy_protocol)
        yield from self._check_virtual_hosts()
        for path, virtual_host in self.by_path.items():
            yield from virtual_host.check(path)
        yield from self._check_names()
        yield from self._check_server_names()

    def _check_virtual_hosts(self) -> Iterator[Problem]:
        path = f"{self.name}.sites"
        if not self.virtual_hosts:
            yield Problem(path, "must hold at least one virtual host", "give to=..., or sites=[VirtualHost(...)]")
        if self.short_form and len(self.virtual_hosts) > 1:
            rule = "cannot stand beside `to` and the settings of a single site"
            yield Problem(path, rule, "move those into a VirtualHost(...) of their own, or remove one of both")
        for index, each in enumerate(self.virtual_hosts):
            if not isinstance(each, VirtualHost):
                remedy = 'write VirtualHost("shop", to=...)'
                yield Problem(self._path(index), "must be a VirtualHost", remedy, each)

    def _path(self, index: int) -> str:
        """How the program calls a virtual host."""
        at = index - self.short_form
        return self.name if at < 0 else f"{self.name}.sites[{at}]"

    def _check_names(self) -> Iterator[Problem]:
        owners: dict[str, str] = {}
        for path, virtual_host in self.by_path.items():
            name = str(virtual_host.name)
            if owners.setdefault(name, path) != path:
                rule = f"{name} is already the name of {owners[name]}"
                yield Problem(f"{path}.name", rule, "rename one of them: upstreams and logs are called so")

    def _check_server_names(self) -> Iterator[Problem]:
        """Nginx itself would only warn, and ignore the second one."""
        owners: dict[str, str] = {}
        given = ((f"{path}.{each}", names) for path, host in self.by_path.items() for each, names in host.names.items())
        for path, names in given:
            for name in map(str.lower, names):
                owner = owners.setdefault(name, path)
                if owner != path:
                    what = "any name" if name == ANY else name
                    yield Problem(path, f"{what} already belongs to {owner}", "remove one of them")
