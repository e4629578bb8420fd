"""Random valid sites over the whole model, for property tests."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hypothesis import assume
from hypothesis import strategies as st

from hacomponents.topology import fields
from hacomponents.topology import load_balancer as lb
from hacomponents.topology import pair as pairs
from hacomponents.topology.app import App
from hacomponents.topology.network import Host, Network, choose_addresses
from hacomponents.topology.pair import Pair, Process, Track, Url
from hacomponents.topology.reverse_proxy import Hash, ReverseProxy, Status, VirtualHost
from hacomponents.topology.reverse_proxy.balance import METHODS
from hacomponents.topology.reverse_proxy.virtual_host import NEXT_UPSTREAM, SIZE
from hacomponents.topology.secret import Secret
from hacomponents.topology.server import MAX_PROCESSES, ApachePhp, Folder, Thin
from hacomponents.topology.server import apache_php as php
from hacomponents.topology.site import Site
from hacomponents.topology.vip import Vip, Vrrp2, Vrrp3

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hacomponents.topology.tier import Tier
    from hacomponents.topology.vip import Vrrp

NETWORKS = st.builds(
    Network,
    st.just("net"),
    st.sampled_from(["10.10.0.0/24", "172.16.4.0/22", "192.168.7.0/25", "10.99.0.0/16"]),
    st.sampled_from(["", "fd00:10::/64", "2001:db8:7::/112"]),
)
SUBNETS = ["10.10.0.0/24", "192.168.7.9", "fd00::/64", "0.0.0.0/0"]
# Words that mean something to a daemon, to YAML or to our own templates, among ordinary names.
NAMES = ["app", "web", "lb", "db", "localhost", "answers", "default", "no", "null", "x" * 26]
SECRET = Secret("password", "0123456789abcdef", 8, clean=True)
ports = st.integers(1024, 65535)


def shaped(pattern: Any) -> st.SearchStrategy[str]:
    """Texts of one of the shapes that `fields` allows."""
    return st.from_regex(pattern, fullmatch=True)


def seconds(low: float, high: float) -> st.SearchStrategy[float]:
    """Durations, whole or not."""
    return st.floats(low, high) | st.integers(round(low + 0.5), int(high))


def _hosts(network: Network, role: str, count: int, taken: dict[int, str]) -> tuple[Host, ...]:
    addresses = choose_addresses(network, role, count, taken)
    return tuple(
        Host(f"{role}-{index}", address, address6=network.beside(address))
        for index, address in enumerate(addresses, start=1)
    )


def priorities(highest: int) -> st.SearchStrategy[tuple[int, int]]:
    """The first host's and the second's."""
    return st.tuples(st.integers(1, highest), st.integers(1, highest)).filter(lambda both: both[0] > both[1])


advert_ints = seconds(0.1, 40).map(lambda value: round(value, 2))
vrrp3 = st.builds(
    lambda advert_int, priority, preemption: Vrrp3(advert_int, priority, *preemption),
    advert_ints,
    priorities(254),
    st.just((True, 0)) | st.tuples(st.just(value=False), st.integers(0, 1000)),
)


@st.composite
def vrrp2(draw: st.DrawFn, checks: int) -> Vrrp2:
    """The old dialect; a weight is larger than the gap between the priorities, and fits so many checks."""
    first, second = draw(priorities(200))
    most = (254 - first) // max(checks, 1)
    weights = st.integers(first - second + 1, most) if checks and most > first - second else st.nothing()
    interval, advert_int = draw(st.integers(1, 60)), draw(st.integers(1, 255))
    return Vrrp2(SECRET, advert_int, (first, second), weight=draw(st.just(0) | weights), interval=interval)


@st.composite
def vips(draw: st.DrawFn, network: Network, offset: int, vrrp: st.SearchStrategy[Vrrp], *, ipv6: bool = False) -> Vip:
    """A VIP at an offset into the network, with up to two further addresses of each family after it."""
    numbers = range(offset + 1, offset + 1 + draw(st.integers(0, 2)))
    further = [network.address(number) for number in numbers]
    further += [network.address6(number) for number in numbers if network.cidr6]
    return Vip(
        network.address6(offset) if ipv6 else network.address(offset),
        virtual_router_id=draw(st.sampled_from([None, offset, offset + 200])),
        virtual_ipaddress_excluded=tuple(further),
        vrrp=draw(vrrp),
        notify=draw(st.sampled_from(["", '#!/bin/sh\necho $@ } "\n'])),
    )


variables = st.from_regex(fields.ENVIRONMENT_NAME, fullmatch=True).filter(lambda name: len(name) < 50)
tracks = st.builds(Process, name=shaped(pairs.PROCESS)) | st.builds(Url, url=shaped(pairs.URL))


@st.composite
def lone_pairs(draw: st.DrawFn, network: Network, name: str, hosts: tuple[Host, ...]) -> Pair:
    """A pair beside the tiers, with one VIP or three that move together: one perhaps IPv6, one on another network."""
    track = draw(st.none() | tracks | st.lists(tracks, max_size=3).map(tuple))
    if draw(st.booleans()):
        checks = len(Pair(name, hosts, (), track).tracks)
        return Pair(name, hosts, draw(vips(network, 5, vrrp3 | vrrp2(checks))), track, f"{name}.vip")
    vrrp = draw(vrrp3 | vrrp2(0))
    ipv6 = bool(network.cidr6) and isinstance(vrrp, Vrrp3) and draw(st.booleans())
    second = draw(vips(network, 13, st.just(vrrp), ipv6=ipv6))
    third = Vip("192.0.2.77", vrrp=vrrp, interface="eth1")
    return Pair(name, hosts, (draw(vips(network, 5, st.just(vrrp))), second, third), track)


FILES = {
    "config.ru": b"run App\n",
    "public/a@2x.bin": b"\x00@@",
    "index.php": b"<?php\n",
    "www/index.php": b"<?php\n",
}
common: dict[str, st.SearchStrategy[Any]] = {
    "app": st.just("app"),
    "health": shaped(fields.URL_PATH),
    "health_timeout": st.integers(1, 600),
    "packages": st.lists(shaped(fields.PACKAGE), max_size=3).map(tuple),
    "env": st.dictionaries(variables, st.text(st.characters(exclude_categories=["C", "Z"]), max_size=8), max_size=2),
    "secret_env": st.dictionaries(st.just("KEY"), st.just(SECRET), max_size=1),
}
thin = st.builds(
    Thin,
    **common,
    port=st.integers(1024, 65536 - MAX_PROCESSES),
    processes=st.integers(1, MAX_PROCESSES),
    environment=shaped(fields.TOKEN) | st.sampled_from(["production", "no", "1.0", "null"]),
    timeout=st.integers(1, 3600),
    max_conns=st.integers(1, 65535),
    max_persistent_conns=st.integers(0, 65535),
)
apache_php = st.builds(
    ApachePhp,
    **common,
    port=st.integers(1, 65535),
    virtual_hosts=st.dictionaries(shaped(php.SERVER_NAME).map(str.lower), st.sampled_from([".", "www"]), max_size=3),
    max_request_workers=st.integers(1, 256),
    timeout=st.integers(1, 3600),
    php_value=st.dictionaries(shaped(php.SETTING), shaped(php.VALUE), max_size=2),
    extra_config=st.sampled_from(
        ["", "FallbackResource /index.php", '<Location "/a b">\n  Require \\\n  local\n</location>']
    ),
)
servers = thin | apache_php
cookies = st.builds(lb.Cookie, name=shaped(fields.TOKEN), secure=st.booleans())
default_servers = st.builds(
    lb.DefaultServer,
    maxconn=st.integers(1, 65535),
    inter=seconds(0.1, 3600),
    fastinter=seconds(0.1, 3600),
    downinter=seconds(0.1, 3600),
    fall=st.integers(1, 100),
    rise=st.integers(1, 100),
)
timeouts = st.builds(
    lb.Timeouts,
    **{name: seconds(0.001, lb.DAY) for name in lb.Timeouts.__dataclass_fields__},
)
stats = st.builds(
    lb.Stats,
    password=st.just(SECRET),
    user=shaped(fields.TOKEN),
    port=ports,
    uri=shaped(fields.URL_PATH),
    realm=shaped(fields.PHRASE),
)
facilities = st.sampled_from(lb.FACILITIES)
balancers: dict[str, st.SearchStrategy[Any]] = {
    "port": ports,
    "balance": st.sampled_from(lb.BALANCE),
    "maxconn": st.integers(1, 1_000_000),
    "nbthread": st.integers(1, 64),
    "cookie": st.none() | cookies,
    "default_server": default_servers,
    "redispatch": st.booleans(),
    "retries": st.integers(0, 100),
    "timeout": timeouts,
    "stats": st.none() | stats,
    "log": st.tuples(facilities, facilities),
    "extra_config": st.sampled_from(["", "option http-server-close\n", 'http-request set-header X-A "a # b" # why']),
}
proxies: dict[str, st.SearchStrategy[Any]] = {
    "port": st.integers(1, 65535),
    # More is refused by nginx where the host allows fewer open files, as some do from 20,000 on.
    "worker_connections": st.integers(16, 16384),
    "status": st.none()
    | st.builds(Status, st.lists(st.sampled_from(SUBNETS), min_size=1, unique=True).map(tuple), port=ports),
}
variables_of_nginx = st.sampled_from(["$request_uri", "$host$uri", "$remote_addr", "a:$arg_id", "$http_x_id/$scheme"])
next_upstream = st.lists(st.sampled_from(NEXT_UPSTREAM[:-1]), min_size=1, unique=True) | st.just(["off"])
web_sites: dict[str, st.SearchStrategy[Any]] = {
    "balance": st.sampled_from(METHODS) | st.builds(Hash, variables_of_nginx, consistent=st.booleans()),
    "keepalive": st.integers(0, 10000),
    "proxy_connect_timeout": seconds(0.1, 75),
    "proxy_read_timeout": seconds(0.1, 86400),
    "proxy_next_upstream": next_upstream.map(tuple),
    "proxy_next_upstream_tries": st.integers(1, 100),
    "client_max_body_size": shaped(SIZE),
    "extra_config": st.sampled_from(["", "gzip on;\n", 'set $a "b;{"; # why }\nif ($a) { return 403; }']),
}


@st.composite
def virtual_hosts(draw: st.DrawFn, behind: Sequence[Tier]) -> tuple[VirtualHost, ...]:
    """One to three, each with names of its own."""
    names = draw(st.lists(shaped(fields.SERVER_NAME), min_size=1, max_size=6, unique_by=str.lower))
    count = draw(st.integers(1, min(3, len(names))))
    own = [tuple(names[index::count]) for index in range(count)]
    # Only a single host name can be redirected to.
    first = [1 if draw(st.booleans()) and "*" not in each[0] and each[0] != "_" else len(each) for each in own]
    return tuple(
        VirtualHost(
            site,
            draw(st.sampled_from(behind)),
            server_name=own[index][: first[index]],
            redirect_from=own[index][first[index] :],
            **{name: draw(strategy) for name, strategy in web_sites.items()},
        )
        for index, site in enumerate(draw(st.permutations(NAMES))[:count])
    )


@st.composite
def sites(draw: st.DrawFn) -> Site:
    """A site of one to three tiers, each with a pair or without, and perhaps a pair that stands alone."""
    network, taken = draw(NETWORKS), dict[int, str]()
    app_name, lb_name, web_name, db_name = draw(st.permutations(NAMES))[:4]
    folder = Folder("app", FILES)
    tiers: list[App | lb.LoadBalancer | ReverseProxy | Pair] = [
        App(app_name, _hosts(network, app_name, draw(st.integers(1, 4)), taken), draw(servers), folder)
    ]
    if draw(st.booleans()):
        vip = draw(st.none() | vips(network, 20, vrrp3 | vrrp2(1)))
        settings = {name: draw(strategy) for name, strategy in balancers.items()}
        hosts = _hosts(network, lb_name, 2 if vip else draw(st.integers(1, 3)), taken)
        tiers.append(lb.LoadBalancer(lb_name, hosts, tiers[-1], vip, **settings))
        tiers.extend(_pair(lb_name, hosts, vip))
    if draw(st.booleans()):
        vip = draw(st.none() | vips(network, 10, vrrp3 | vrrp2(1)))
        settings = {name: draw(strategy) for name, strategy in proxies.items()}
        hosts = _hosts(network, web_name, 2 if vip else draw(st.integers(1, 3)), taken)
        served = draw(virtual_hosts([tier for tier in tiers if not isinstance(tier, Pair)]))
        tiers.append(ReverseProxy(web_name, hosts, served, vip, **settings))
        tiers.extend(_pair(web_name, hosts, vip))
    if draw(st.booleans()):
        tiers.append(draw(lone_pairs(network, db_name, _hosts(network, db_name, 2, taken))))
    site = Site("site", network, tuple(tiers))
    # Ports meet by chance.
    assume(not any("port" in problem.path for problem in site.problems()))
    return site


def _pair(name: str, hosts: tuple[Host, ...], vip: Vip | None) -> list[Pair]:
    return [] if vip is None else [Pair(f"{name}-vip", hosts, vip, path=f"{name}.vip")]
