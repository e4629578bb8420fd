"""Random valid sites, for property tests."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from hacomponents.topology import load_balancer as lb
from hacomponents.topology.app import App
from hacomponents.topology.network import Host, Network, choose_addresses
from hacomponents.topology.pair import Pair, Process, Service, Track, Url
from hacomponents.topology.reverse_proxy import ReverseProxy
from hacomponents.topology.secret import Secret
from hacomponents.topology.server import Folder, Thin
from hacomponents.topology.site import Site
from hacomponents.topology.vip import Vip, Vrrp2, Vrrp3

NETWORKS = st.sampled_from(["10.10.0.0/24", "172.16.4.0/22", "192.168.7.0/25", "10.99.0.0/16"])
SECRET = Secret("password", "0123456789abcdef", 8, clean=True)
ports = st.integers(1024, 7999)


def _hosts(network: Network, role: str, count: int, taken: dict[int, str]) -> tuple[Host, ...]:
    addresses = choose_addresses(network, role, count, taken)
    return tuple(Host(f"{role}-{index}", address) for index, address in enumerate(addresses, start=1))


vrrp3 = st.builds(
    Vrrp3,
    advert_int=st.sampled_from([0.1, 0.2, 0.5, 1, 2.5]),
    priority=st.sampled_from([(254, 253), (150, 100)]),
    nopreempt=st.booleans(),
)
vrrp2 = st.builds(
    Vrrp2,
    auth_pass=st.just(SECRET),
    advert_int=st.integers(1, 5),
    priority=st.sampled_from([(150, 100), (85, 80)]),
    weight=st.sampled_from([0, 60, 100]),
)


@st.composite
def vips(draw: st.DrawFn, network: Network, offset: int) -> Vip:
    """A VIP at an offset into the network, with up to two further addresses after it."""
    further = draw(st.integers(0, 2))
    return Vip(
        network.address(offset),
        virtual_ipaddress_excluded=tuple(network.address(offset + step + 1) for step in range(further)),
        virtual_router_id=offset,
        vrrp=draw(vrrp3 | vrrp2),
    )


servers = st.builds(
    Thin,
    app=st.just("app"),
    port=ports,
    processes=st.integers(1, 8),
    environment=st.sampled_from(["production", "staging"]),
    env=st.dictionaries(st.sampled_from(["A", "LANG"]), st.text("abc =", max_size=8), max_size=2),
    secret_env=st.dictionaries(st.just("KEY"), st.just(SECRET), max_size=1),
)
balancers: dict[str, st.SearchStrategy[Any]] = {
    "port": ports,
    "balance": st.sampled_from(lb.BALANCE),
    "maxconn": st.integers(1, 20000),
    "nbthread": st.integers(1, 64),
    "cookie": st.none() | st.builds(lb.Cookie, name=st.just("SERVERID"), secure=st.booleans()),
    "default_server": st.builds(lb.DefaultServer, maxconn=st.integers(1, 100), inter=st.floats(0.1, 60)),
    "redispatch": st.booleans(),
    "retries": st.integers(0, 10),
    "timeout": st.builds(lb.Timeouts, queue=st.floats(0.5, 60), server=st.floats(1, 600)),
    "stats": st.none() | st.builds(lb.Stats, password=st.just(SECRET), port=st.just(8080)),
    "extra_config": st.sampled_from(["", "option http-server-close\n"]),
}
proxies: dict[str, st.SearchStrategy[Any]] = {
    "port": st.integers(80, 7999),
    "server_name": st.sampled_from([("_",), ("www.example.com", "example.com"), ("*.example.com",)]),
    "worker_connections": st.integers(64, 8192),
    "keepalive": st.integers(0, 256),
    "proxy_connect_timeout": st.floats(0.1, 75),
    "client_max_body_size": st.sampled_from(["1m", "512k", "0100m"[1:]]),
    "extra_config": st.sampled_from(["", "gzip on;\n"]),
}


@st.composite
def sites(draw: st.DrawFn) -> Site:
    """A site of one to three tiers, each with a pair or without, and perhaps a pair that stands alone."""
    network, taken = Network("net", draw(NETWORKS)), dict[int, str]()
    app = App(
        "app",
        _hosts(network, "app", draw(st.integers(1, 4)), taken),
        draw(servers),
        Folder("app", {"config.ru": b"run App\n"}),
    )
    tiers: list[App | lb.LoadBalancer | ReverseProxy | Pair] = [app]
    if draw(st.booleans()):
        vip = draw(st.none() | vips(network, 20))
        settings = {name: draw(strategy) for name, strategy in balancers.items()}
        hosts = _hosts(network, "lb", 2 if vip else draw(st.integers(1, 3)), taken)
        tiers.append(lb.LoadBalancer("lb", hosts, tiers[-1], vip, **settings))
        tiers.extend(_pair("lb", hosts, vip, Service("haproxy", "http://127.0.0.1:8010/health")))
    if draw(st.booleans()):
        vip = draw(st.none() | vips(network, 10))
        settings = {name: draw(strategy) for name, strategy in proxies.items()}
        hosts = _hosts(network, "web", 2 if vip else draw(st.integers(1, 3)), taken)
        behind = next(tier for tier in reversed(tiers) if not isinstance(tier, Pair))
        tiers.append(ReverseProxy("web", hosts, behind, vip, **settings))
        tiers.extend(_pair("web", hosts, vip, Service("nginx", "http://127.0.0.1:8009/health")))
    if draw(st.booleans()):
        track = draw(st.sampled_from([None, Process("mysqld"), Url("http://127.0.0.1:3306/")]))
        tiers.extend(_pair("db", _hosts(network, "db", 2, taken), draw(vips(network, 5)), track))
    return Site("site", network, tuple(tiers))


def _pair(name: str, hosts: tuple[Host, ...], vip: Vip | None, track: Track | None) -> list[Pair]:
    return [] if vip is None else [Pair(f"{name}-vip", hosts, vip, track, f"{name}.vip")]
