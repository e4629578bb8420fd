"""haproxy, for the load-balancer tier."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from hacomponents.render import forwarded
from hacomponents.render.host_files import HostFiles, Json, text
from hacomponents.render.template import milliseconds, render
from hacomponents.topology.app import App
from hacomponents.topology.cache import Cache
from hacomponents.topology.load_balancer import HEALTH, HEALTH_PORT, MONITOR_URI, PEERS_PORT, Cook, Hdr, StickTable, Uri
from hacomponents.topology.load_balancer.balance_algorithm import is_by_hash
from hacomponents.topology.named_secrets import named
from hacomponents.topology.reverse_proxy import ReverseProxy
from hacomponents.topology.secret import Secret
from hacomponents.topology.tier import AGENT_CHECK_PORT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hacomponents.topology.load_balancer import BackendSettings, LoadBalancer
    from hacomponents.topology.load_balancer.balance_algorithm import Balance
    from hacomponents.topology.network import Host
    from hacomponents.topology.site import Site
    from hacomponents.topology.tier import Endpoint, Tier

CONFIG = "/etc/haproxy/haproxy.cfg"
SOCKET = "/run/haproxy/admin.sock"
SERVICE: Json = {"daemon": "haproxy", "files": ["/etc/haproxy/"], "config": CONFIG, "socket": SOCKET, "health": HEALTH}


def files_for(tier: LoadBalancer, host: Host, site: Site) -> HostFiles:
    """What a host of the tier gets."""
    config = render(
        "haproxy/haproxy.cfg.j2",
        site=site,
        tier=tier,
        host=host,
        bind=tier.vip.served if tier.vip else (host.address,),
        front=site.believed_by(tier),
        said=forwarded.PATTERN,
        backends=[_Backend(to, settings) for _, to, settings in tier.behind],
        health_port=HEALTH_PORT,
        peers_port=PEERS_PORT,
        socket=SOCKET,
        monitor_uri=MONITOR_URI if any(isinstance(each, Cache) for each in site.in_front_of(tier)) else "",
    )
    return HostFiles(
        files={CONFIG: text(config)},
        services={"haproxy": SERVICE},
        secrets=tuple(_secrets(tier)),
        packages=("haproxy",),
    )


def _secrets(tier: LoadBalancer) -> Iterator[Secret]:
    if tier.stats and isinstance(tier.stats.password, Secret):
        yield tier.stats.password
    for *_, settings in tier.behind:
        yield from named(settings.secrets)


@dataclass(frozen=True)
class _Backend:
    """One section, in haproxy's words."""

    to: Tier
    settings: BackendSettings

    @property
    def servers(self) -> list[tuple[Endpoint, int | None]]:
        """Each with its weight, where it has one of its own."""
        return [(server, self.settings.weight(server, self.to)) for server in self.to.endpoints]

    @property
    def balance(self) -> str:
        """Arguments of `balance`."""
        return _balance(self.settings.algorithm)

    @property
    def hash_type(self) -> str:
        """Arguments of `hash-type`; empty where nothing is hashed."""
        return self.settings.hash_type if is_by_hash(self.settings.algorithm) else ""

    @property
    def stick(self) -> list[str]:
        """Statements of the table and what goes into it."""
        return _stick(self.settings.stick) if self.settings.stick else []

    @property
    def maxconn(self) -> int | None:
        """Requests in a server at a time; None for no limit."""
        if self.settings.default_server.maxconn is None and isinstance(self.to, App):
            return self.to.server.concurrency
        return self.settings.default_server.maxconn

    @property
    def send_proxy(self) -> bool:
        """Whether it tells its servers of clients by the PROXY protocol, in checks as well."""
        return isinstance(self.to, ReverseProxy) and self.to.proxy_protocol

    @property
    def agent_check_port(self) -> int | None:
        """Where hosts say which of their servers is about to leave, if they do."""
        return AGENT_CHECK_PORT if isinstance(self.to, App) else None


def _balance(balance: Balance) -> str:
    match balance:
        case Uri(depth=depth):
            return f"uri depth {depth}" if depth else "uri"
        case Hdr(name=name):
            return f"hdr({name})"
        case _:
            return balance


def _stick(table: StickTable) -> list[str]:
    match table.on:
        case Hdr(name=name):
            kind, rules = "string len 64", [f"stick on req.hdr({name})"]
        case Cook(name=name):
            # The answer that sets the cookie binds it, and a request with one that the table has lost does so again.
            kind, rules = "string len 64", [f"stick on req.cook({name})", f"stick store-response res.cook({name})"]
        case _:
            kind, rules = "ip", ["stick on src"]
    return [f"stick-table type {kind} size {table.size} expire {milliseconds(table.expire)} peers peers", *rules]
