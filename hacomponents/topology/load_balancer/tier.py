"""The load-balancer tier: haproxy in front of other tiers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from hacomponents.errors import Problem
from hacomponents.topology import fields
from hacomponents.topology.load_balancer.backend import Backend, BackendSettings
from hacomponents.topology.load_balancer.frontend import Frontend, check_reach, frontends
from hacomponents.topology.load_balancer.pages import Prometheus, Stats
from hacomponents.topology.load_balancer.timeouts import Timeouts
from hacomponents.topology.tier import (
    AGENT_CHECK,
    Endpoint,
    Listener,
    Reach,
    Service,
    Tier,
    TierInput,
    check_speaks_http,
    endpoints,
    tier_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from hacomponents.topology.network import Network
    from hacomponents.topology.vip import Vip

FACILITIES = ("local0", "local1", "local2", "local3", "local4", "local5", "local6", "local7", "daemon", "user")
# On loopback, for the check of keepalived and the proof of a push.
HEALTH_PORT = 8010
HEALTH = f"http://127.0.0.1:{HEALTH_PORT}/health"
# Where the hosts of the tier tell each other what is in their stick tables.
PEERS_PORT = 8012
# Where a cache in front asks whether any server is there, without asking one.
MONITOR_URI = "/.haproxy/health"
OWN_SECTIONS = ("health", "prometheus", "stats")
NESTED = {"timeout": Timeouts, "stats": Stats, "prometheus": Prometheus}


@dataclass(frozen=True)
class LoadBalancer(BackendSettings, Tier):
    """Hosts with haproxy. Settings of a backend are those of `to`.

    Args:
        name: unique in the site.
        hosts: two with a VIP, or any number without.
        to: the tier behind.
        vip: the address that moves between the two hosts.
        port: of the frontend. Default: 3100.
        backends: further tiers behind, each for some of the requests. Default: none.
        maxconn: connections of the whole process, 2 file descriptors each; a host that allows fewer open files gets
            fewer, and the push says so. Default: 10000.
        nbthread: threads of the process, 1 to 64. Default: 1, as the threads fight over the queue in front of servers
            that take one request at a time; more may help where `maxconn` of the servers is never reached.
        redispatch: a request whose cookie names a dead server goes to another. Default: True.
        retries: connections tried before a 503. Default: 3.
        timeout: Default: `Timeouts()`.
        stats: the statistics page; None for none. Default: None.
        prometheus: figures for Prometheus; None for none. Default: None.
        log: syslog facilities: of all lines, and of notices and worse. Default: local0 and local1.
    """

    to: Tier
    vip: Vip | None = None
    port: int = 3100
    backends: Sequence[Backend] = ()
    maxconn: int = 10000
    nbthread: int = 1
    redispatch: bool = True
    retries: int = 3
    timeout: Timeouts = field(default_factory=Timeouts)
    stats: Stats | None = None
    prometheus: Prometheus | None = None
    log: tuple[str, str] = ("local0", "local1")

    @property
    def endpoints(self) -> tuple[Endpoint, ...]:
        """Where clients of this tier go."""
        return endpoints(self.name, self.hosts, self.vip, self.port)

    @property
    def listeners(self) -> tuple[Listener, ...]:
        """The frontends, the pages, and the ports of the health check, the agent's check and the peers."""
        own = (Listener("the health check of haproxy", HEALTH_PORT, Reach.NOBODY), AGENT_CHECK)
        peers = (Listener("the peers of the stick tables", PEERS_PORT, Reach.PEERS),) if self.has_stick_tables else ()
        pages = (
            Listener(f"{self.name}.{name}.port", page.port, Reach.NOBODY)
            for name, page in (("stats", self.stats), ("prometheus", self.prometheus))
            if page
        )
        frontends = (Listener(frontend.path, frontend.port) for frontend in self.frontends)
        return (*own, *frontends, *pages, *peers)

    @property
    def services(self) -> tuple[Service, ...]:
        """The daemon, haproxy."""
        return (Service("haproxy", HEALTH),)

    @property
    def frontends(self) -> tuple[Frontend, ...]:
        """One a port, the tier's own first."""
        return frontends(self.name, self.port, self.to, dict(self._further()))

    @property
    def behind(self) -> tuple[tuple[str, Tier, BackendSettings], ...]:
        """Every backend: its path, its tier and its settings, that of `to` first."""
        others = ((path, tier_of(backend.to), backend) for path, backend in self._further())
        return ((self.name, self.to, self), *others)

    @property
    def targets(self) -> Mapping[str, TierInput]:
        """The tiers behind, by the path of the setting."""
        return {f"{self.name}.to": self.to, **{f"{path}.to": backend.to for path, backend in self._further()}}

    @property
    def has_stick_tables(self) -> bool:
        """Whether any backend has one."""
        return any(settings.stick is not None for *_, settings in self.behind)

    def check(self, network: Network) -> Iterator[Problem]:
        """Rules of haproxy's settings."""
        del network
        name = self.name
        yield from self._check_names()
        yield from self.check_settings(name)
        yield from check_speaks_http(f"{name}.to", self.to)
        yield from fields.integer(f"{name}.port", self.port, 1, 65535)
        yield from fields.integer(f"{name}.maxconn", self.maxconn, 1, 1_000_000)
        yield from fields.integer(f"{name}.nbthread", self.nbthread, 1, 64)
        yield from fields.flag(f"{name}.redispatch", self.redispatch)
        yield from fields.integer(f"{name}.retries", self.retries, 0, 100)
        yield from self._check_log()
        for field_name, kind in NESTED.items():
            path, optional = f"{name}.{field_name}", field_name != "timeout"
            yield from fields.nested(path, getattr(self, field_name), kind, optional=optional)
        yield from self._check_backends(f"{name}.backends")

    def _further(self) -> Iterator[tuple[str, Backend]]:
        """The backends beside that of `to`, each with its path; of what is given before any rule, too."""
        given = self.backends if isinstance(self.backends, tuple | list) else ()
        for index, backend in enumerate(given):
            if isinstance(backend, Backend):
                yield f"{self.name}.backends[{index}]", backend

    def _check_backends(self, path: str) -> Iterator[Problem]:
        """Rules of the backends beside that of `to`, and of their order."""
        if not isinstance(self.backends, tuple | list):
            yield Problem(path, "must be a list of backends", "write [Backend(to=...)]", self.backends)
            return
        for index, backend in enumerate(self.backends):
            if not isinstance(backend, Backend):
                yield Problem(f"{path}[{index}]", "must be a Backend", "write Backend(to=...)", backend)
        wrong = [problem for where, backend in self._further() for problem in backend.check(where)]
        yield from wrong
        if not wrong:
            yield from check_reach(self.name, self.port, self.to, dict(self._further()))

    def _check_names(self) -> Iterator[Problem]:
        for path, tier in {f"{self.name}.name": self, **self.targets}.items():
            name = getattr(tier, "name", "")
            if name in OWN_SECTIONS:
                yield Problem(path, f"{name} is the name of a section of our own in haproxy.cfg", "rename the tier")

    def _check_log(self) -> Iterator[Problem]:
        if not isinstance(self.log, tuple) or len(self.log) != len(LoadBalancer.log):
            yield Problem(f"{self.name}.log", "must be two facilities", 'give ("local0", "local1")', self.log)
            return
        for index, facility in enumerate(self.log):
            yield from fields.choice(f"{self.name}.log[{index}]", facility, FACILITIES)
