"""The cache tier: Varnish between two tiers."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from hacomponents.topology import fields, languages
from hacomponents.topology.app import App
from hacomponents.topology.load_balancer import MONITOR_URI, LoadBalancer
from hacomponents.topology.named_secrets import Secrets, check_named
from hacomponents.topology.secret import SECRET
from hacomponents.topology.tier import (
    AGENT_CHECK,
    Endpoint,
    Listener,
    Reach,
    Service,
    Tier,
    check_speaks_http,
    endpoints,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from hacomponents.errors import Problem
    from hacomponents.topology.network import Network
    from hacomponents.topology.tier import TierInput
    from hacomponents.topology.vip import Vip

# On loopback, for the check of keepalived and the proof of a push.
HEALTH_PORT = 8013
HEALTH = f"http://127.0.0.1:{HEALTH_PORT}/health"
# Varnish's own, on loopback: varnishadm speaks to it, with a secret that varnishd draws at each start.
MANAGEMENT_PORT = 6082
STORAGE = re.compile(r"[1-9][0-9]{0,5}[mMgG]")
DAY = 86400
# What the bits of a probe's window hold.
LARGEST_WINDOW = 64


@dataclass(frozen=True)
class Probe:
    """How Varnish asks a server behind whether it is well; while none is, it answers with what it has.

    Args:
        url: path that answers 200. Default: what the tier behind has for that, an application's `health` or a path of
            haproxy's own, which tells whether any server is there and is not in its queue.
        interval: seconds between two questions. Default: 1.
        timeout: seconds for an answer. Default: 1.
        window: of so many last answers, 1 to 64. Default: 5.
        threshold: so many must be good. Default: 3.
    """

    url: str | None = None
    interval: float = 1
    timeout: float = 1
    window: int = 5
    threshold: int = 3

    def check(self, path: str) -> Iterator[Problem]:
        """Rules of the probe."""
        if self.url is not None:
            yield from fields.text(f"{path}.url", self.url, fields.URL_PATH, "a path such as /up")
        yield from fields.seconds(f"{path}.interval", self.interval, 0.1, 3600)
        yield from fields.seconds(f"{path}.timeout", self.timeout, 0.1, 3600)
        wrong = list(fields.integer(f"{path}.window", self.window, 1, LARGEST_WINDOW))
        yield from wrong
        yield from fields.integer(f"{path}.threshold", self.threshold, 1, LARGEST_WINDOW if wrong else self.window)


@dataclass(frozen=True)
class Cache(Tier):
    """Hosts with Varnish.

    Args:
        name: unique in the site.
        hosts: two with a VIP, or any number without, each with a cache of its own.
        to: the tier behind.
        vip: the address that moves between the two hosts.
        port: Default: 6081.
        storage: memory for what is cached (`malloc`), such as 256m; another size restarts Varnish, with an empty cache.
            Default: 256m.
        default_ttl: seconds that an answer stays fresh that says nothing of it. Default: 120.
        default_grace: seconds that an answer may be given beyond that, while the tier behind has none or a 502, 503 or
            504; an answer can say `stale-if-error`, or `must-revalidate`. While all is well it is at most 10 s.
            Default: 3600.
        connect_timeout: seconds. Default: 3.5.
        first_byte_timeout: seconds until an answer begins. Default: 60.
        between_bytes_timeout: seconds of silence in an answer. Default: 60.
        probe: of the servers behind. Default: `Probe()`.
        purge: addresses and subnets from where PURGE is allowed, directly and not by way of the tier in front.
            Default: none.
        extra_config: further VCL; its `vcl_recv` and other subroutines follow ours, before Varnish's own.
            Default: none.
        secrets: what `@@NAME@@` in `extra_config` stands for, by name. Default: none.
    """

    to: Tier
    vip: Vip | None = None
    port: int = 6081
    storage: str = "256m"
    default_ttl: float = 120
    default_grace: float = 3600
    connect_timeout: float = 3.5
    first_byte_timeout: float = 60
    between_bytes_timeout: float = 60
    probe: Probe = field(default_factory=Probe)
    purge: Sequence[str] = ()
    extra_config: str = ""
    secrets: Secrets = field(default_factory=dict, metadata=SECRET)

    @property
    def targets(self) -> Mapping[str, TierInput]:
        """The tier behind."""
        return {f"{self.name}.to": self.to}

    @property
    def endpoints(self) -> tuple[Endpoint, ...]:
        """Where the tier in front sends its requests."""
        return endpoints(self.name, self.hosts, self.vip, self.port)

    @property
    def listeners(self) -> tuple[Listener, ...]:
        """The port of the cache, for those who purge too, those on loopback, and the port of the agent's check."""
        health = Listener("the health check of Varnish", HEALTH_PORT, Reach.NOBODY)
        management = Listener("the management port of Varnish", MANAGEMENT_PORT, Reach.NOBODY)
        port = Listener(f"{self.name}.port", self.port, sources=tuple(self.purge))
        return (health, management, AGENT_CHECK, port)

    @property
    def services(self) -> tuple[Service, ...]:
        """The daemon, varnish."""
        return (Service("varnish", HEALTH),)

    def check(self, network: Network) -> Iterator[Problem]:
        """Rules of Varnish's settings."""
        del network
        name = self.name
        yield from check_speaks_http(f"{name}.to", self.to)
        yield from fields.integer(f"{name}.port", self.port, 1, 65535)
        yield from fields.text(f"{name}.storage", self.storage, STORAGE, "a size such as 256m or 2g")
        yield from fields.seconds(f"{name}.default_ttl", self.default_ttl, 0, 365 * DAY)
        yield from fields.seconds(f"{name}.default_grace", self.default_grace, 0, 365 * DAY)
        for timeout in ("connect_timeout", "first_byte_timeout", "between_bytes_timeout"):
            yield from fields.seconds(f"{name}.{timeout}", getattr(self, timeout), 0.1, DAY)
        yield from fields.nested(f"{name}.probe", self.probe, Probe, optional=False)
        yield from fields.subnets(f"{name}.purge", self.purge)
        yield from fields.extra_config(f"{name}.extra_config", self.extra_config, languages.vcl)
        yield from check_named(name, self.secrets, {"extra_config": self.extra_config})


def probed_path(behind: Tier) -> str:
    """The path by which a tier behind tells whether it can serve, without waiting in a queue where it has one."""
    match behind:
        case App(server=server):
            return server.health
        case LoadBalancer():
            return MONITOR_URI
    return "/"


def inserted_cookie(behind: Tier) -> str:
    """The name of the cookie that haproxy adds to all that comes by it; empty where it does not."""
    cookies = [settings.cookie for *_, settings in behind.behind] if isinstance(behind, LoadBalancer) else []
    names = [cookie.name for cookie in cookies if cookie and cookie.mode == "insert"]
    return names[0] if names and len(names) == len(cookies) else ""
