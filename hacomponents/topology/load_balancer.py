"""The load-balancer tier: haproxy in front of application servers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from hacomponents.errors import Problem
from hacomponents.topology import fields, languages
from hacomponents.topology.secret import SECRET, Secret, SecretInput
from hacomponents.topology.tier import AGENT_CHECK, Endpoint, Listener, Reach, Service, Tier, endpoints

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hacomponents.topology.network import Host, Network
    from hacomponents.topology.vip import Vip

BALANCE = ("roundrobin", "static-rr", "leastconn", "first", "source", "random")
FACILITIES = ("local0", "local1", "local2", "local3", "local4", "local5", "local6", "local7", "daemon", "user")
# On loopback, for the check of keepalived and the proof of a push.
HEALTH_PORT = 8010
HEALTH = f"http://127.0.0.1:{HEALTH_PORT}/health"
DAY = 86400
OWN_SECTIONS = ("health", "stats")


@dataclass(frozen=True)
class Cookie:
    """Stickiness by a cookie of haproxy's own (`cookie NAME insert indirect nocache`).

    Args:
        name: of the cookie. Default: SERVERID.
        secure: sent over HTTPS only. Default: False, since the articles' sites speak HTTP.
    """

    name: str = "SERVERID"
    secure: bool = False

    def check(self, path: str) -> Iterator[Problem]:
        """Rules of the cookie; its name from RFC 6265."""
        yield from fields.text(f"{path}.name", self.name, fields.TOKEN, "letters, digits and _ . -")
        yield from fields.flag(f"{path}.secure", self.secure)


@dataclass(frozen=True)
class DefaultServer:
    """Settings of every server behind the balancer (haproxy's `default-server`).

    Args:
        maxconn: requests in a server at a time, 1 to 65535; more wait in haproxy. Default: 1, as a Thin process has
            one thread.
        inter: seconds between checks. Default: 6.
        fastinter: seconds between checks of a server that is changing its state. Default: 1.
        downinter: seconds between checks of a server that is down. Default: 1.
        fall: failed checks until it is down. Default: 2.
        rise: good checks until it is up. Default: 1.
    """

    maxconn: int = 1
    inter: float = 6
    fastinter: float = 1
    downinter: float = 1
    fall: int = 2
    rise: int = 1

    def check(self, path: str) -> Iterator[Problem]:
        """Rules of the settings."""
        yield from fields.integer(f"{path}.maxconn", self.maxconn, 1, 65535)
        for name in ("inter", "fastinter", "downinter"):
            yield from fields.seconds(f"{path}.{name}", getattr(self, name), 0.1, 3600)
        yield from fields.integer(f"{path}.fall", self.fall, 1, 100)
        yield from fields.integer(f"{path}.rise", self.rise, 1, 100)


@dataclass(frozen=True)
class Timeouts:
    """How long haproxy waits, in seconds.

    Args:
        connect: for a server to accept. Default: 5.
        client: for a silent client. Default: 50.
        server: for a silent server. Default: 50.
        queue: for a free server; then 503. Default: 30.
        http_request: for a whole request header, against slow attackers. Default: 10.
        http_keep_alive: for the next request on a connection. Default: 60.
        check_: for the answer to a check. Default: 2.
        hard_stop_after: that an old process may take to finish its requests after a reload. Default: 60.
    """

    connect: float = 5
    client: float = 50
    server: float = 50
    queue: float = 30
    http_request: float = 10
    http_keep_alive: float = 60
    check_: float = 2
    hard_stop_after: float = 60

    def check(self, path: str) -> Iterator[Problem]:
        """Rules of the times."""
        for name, value in vars(self).items():
            yield from fields.seconds(f"{path}.{name}", value, 0.001, DAY)


@dataclass(frozen=True)
class Stats:
    """haproxy's statistics page.

    Args:
        password: of the page's user. A secret.
        user: Default: admin.
        port: on every address of the host. Default: 8080.
        uri: Default: /my_stats.
        realm: what the browser shows. Default: Global statistics.
    """

    password: SecretInput = field(metadata=SECRET)
    user: str = "admin"
    port: int = 8080
    uri: str = "/my_stats"
    realm: str = "Global statistics"

    def check(self, path: str) -> Iterator[Problem]:
        """Rules of the page."""
        yield from fields.integer(f"{path}.port", self.port, 1, 65535)
        yield from fields.text(f"{path}.uri", self.uri, fields.URL_PATH, "a path such as /my_stats")
        yield from fields.text(f"{path}.user", self.user, fields.TOKEN, "letters, digits and _ . -")
        yield from fields.text(f"{path}.realm", self.realm, fields.PHRASE, "words without quotes or backslashes")
        if isinstance(self.password, Secret):
            yield from self.password.check(f"{path}.password")
        if not isinstance(self.password, Secret):
            yield Problem(
                f"{path}.password", "must be a secret text", "give a string or a secret of the stack's configuration"
            )
        elif not self.password.length or not self.password.clean:
            rule = "must have letters, digits and marks only, and no quote, brace, '$' or '|'"
            yield Problem(f"{path}.password", rule, "choose another")


@dataclass(frozen=True)
class LoadBalancer:
    """Hosts with haproxy.

    Args:
        name: unique in the site.
        hosts: two with a VIP, or any number without.
        to: the tier behind.
        vip: the address that moves between the two hosts.
        port: of the frontend. Default: 3100.
        balance: haproxy's algorithm. Default: roundrobin.
        maxconn: connections of the whole process, 2 file descriptors each; a host that allows fewer open files gets
            fewer, and the push says so. Default: 10000.
        nbthread: threads of the process, 1 to 64. Default: 1, as the threads fight over the queue in front of servers
            that take one request at a time; more may help where `maxconn` of the servers is never reached.
        cookie: stickiness; None for none. Default: `Cookie()`.
        default_server: of every server. Default: `DefaultServer()`.
        redispatch: a request whose cookie names a dead server goes to another. Default: True.
        retries: connections tried before a 503. Default: 3.
        timeout: Default: `Timeouts()`.
        stats: the statistics page; None for none. Default: None.
        log: syslog facilities: of all lines, and of notices and worse. Default: local0 and local1.
        extra_config: further lines of the backend, in haproxy's language. Default: none.
    """

    name: str
    hosts: tuple[Host, ...]
    to: Tier
    vip: Vip | None = None
    port: int = 3100
    balance: str = "roundrobin"
    maxconn: int = 10000
    nbthread: int = 1
    cookie: Cookie | None = field(default_factory=Cookie)
    default_server: DefaultServer = field(default_factory=DefaultServer)
    redispatch: bool = True
    retries: int = 3
    timeout: Timeouts = field(default_factory=Timeouts)
    stats: Stats | None = None
    log: tuple[str, str] = ("local0", "local1")
    extra_config: str = ""

    @property
    def endpoints(self) -> tuple[Endpoint, ...]:
        """Where clients of this tier go."""
        return endpoints(self.name, self.hosts, self.vip, self.port)

    @property
    def listeners(self) -> tuple[Listener, ...]:
        """The frontend, the statistics page, the loopback port of the health check, and the port of the agent's."""
        stats = () if self.stats is None else (Listener(f"{self.name}.stats.port", self.stats.port, Reach.NOBODY),)
        own = (Listener("the health check of haproxy", HEALTH_PORT, Reach.NOBODY), AGENT_CHECK)
        return (*own, Listener(f"{self.name}.port", self.port), *stats)

    @property
    def services(self) -> tuple[Service, ...]:
        """The daemon, haproxy."""
        return (Service("haproxy", HEALTH),)

    def check(self, network: Network) -> Iterator[Problem]:
        """Rules of haproxy's settings."""
        del network
        yield from self._check_names()
        yield from fields.integer(f"{self.name}.port", self.port, 1, 65535)
        yield from fields.choice(f"{self.name}.balance", self.balance, BALANCE)
        yield from fields.integer(f"{self.name}.maxconn", self.maxconn, 1, 1_000_000)
        yield from fields.integer(f"{self.name}.nbthread", self.nbthread, 1, 64)
        yield from fields.flag(f"{self.name}.redispatch", self.redispatch)
        yield from fields.integer(f"{self.name}.retries", self.retries, 0, 100)
        yield from self._check_log()
        yield from fields.extra_config(f"{self.name}.extra_config", self.extra_config, languages.haproxy)
        for name, kind in (
            ("cookie", Cookie),
            ("default_server", DefaultServer),
            ("timeout", Timeouts),
            ("stats", Stats),
        ):
            yield from _check_part(
                f"{self.name}.{name}", getattr(self, name), kind, optional=name in {"cookie", "stats"}
            )

    def _check_names(self) -> Iterator[Problem]:
        for path, name in ((f"{self.name}.name", self.name), (f"{self.name}.to", getattr(self.to, "name", ""))):
            if name in OWN_SECTIONS:
                yield Problem(path, f"{name} is the name of a section of our own in haproxy.cfg", "rename the tier")

    def _check_log(self) -> Iterator[Problem]:
        if not isinstance(self.log, tuple) or len(self.log) != len(LoadBalancer.log):
            yield Problem(f"{self.name}.log", "must be two facilities", 'give ("local0", "local1")', self.log)
            return
        for index, facility in enumerate(self.log):
            yield from fields.choice(f"{self.name}.log[{index}]", facility, FACILITIES)


def _check_part(path: str, part: object, kind: type, *, optional: bool) -> Iterator[Problem]:
    if isinstance(part, Cookie | DefaultServer | Timeouts | Stats) and isinstance(part, kind):
        yield from part.check(path)
    elif part is not None or not optional:
        yield Problem(path, f"must be a {kind.__name__}", f"write {kind.__name__}(...)", part)
