"""Random valid sites over the whole model, for property tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import assume
from hypothesis import strategies as st

from hacomponents.topology import pair as pairs
from hacomponents.topology.app import App
from hacomponents.topology.cache import Cache
from hacomponents.topology.firewall import EVERYBODY, Firewall
from hacomponents.topology.load_balancer import LoadBalancer
from hacomponents.topology.memcached import Memcached
from hacomponents.topology.network import Host, Network, choose_addresses
from hacomponents.topology.pair import Pair, Process, Url
from hacomponents.topology.platform import DEFAULT_PLATFORM, PLATFORMS
from hacomponents.topology.reverse_proxy import ReverseProxy
from hacomponents.topology.rules import problems
from hacomponents.topology.server import Folder
from hacomponents.topology.site import Site
from hacomponents.topology.vip import Vip, Vrrp2, Vrrp3
from tests.balancer_strategies import balanced, balancers, further_backends
from tests.cache_strategies import SOURCES, cacheable, memcached, varnish
from tests.proxy_strategies import proxies, virtual_hosts
from tests.server_strategies import FILES, servers
from tests.shapes import NAMES, SECRET, seconds, secrets_of, shaped

if TYPE_CHECKING:
    from hacomponents.topology.vip import Vrrp

SUBNETS = ["10.10.0.0/24", "192.168.7.9", "fd00::/64", "0.0.0.0/0"]
# Some are inside others, which nftables does not take in one set.
FIREWALLS = st.builds(
    Firewall,
    management=st.lists(st.sampled_from([*SUBNETS, "10.10.0.1", "10.10.0.0/16", "fd00::1"]), max_size=4),
    clients=st.just(EVERYBODY) | st.lists(st.sampled_from(SUBNETS), max_size=2),
)
NETWORKS = st.builds(
    Network,
    st.just("net"),
    st.sampled_from(["10.10.0.0/24", "172.16.4.0/22", "192.168.7.0/25", "10.99.0.0/16"]),
    st.sampled_from(["", "fd00:10::/64", "2001:db8:7:8::/64"]),
    st.none() | FIREWALLS,
    st.sampled_from([DEFAULT_PLATFORM.name, *PLATFORMS]),
)


def _hosts(network: Network, role: str, count: int, taken: dict[int, str]) -> tuple[Host, ...]:
    addresses = choose_addresses(network, role, count, taken)
    return tuple(
        Host(f"{role}-{index}", address, address6=network.beside(address), platform=PLATFORMS[network.platform])
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


# Where the VIP was whose place is taken, by the offset of the one that takes it.
FORMER = {2: 8, 5: 9, 10: 16, 13: 17, 20: 23}


@st.composite
def vips(draw: st.DrawFn, network: Network, offset: int, vrrp: st.SearchStrategy[Vrrp], *, ipv6: bool = False) -> Vip:
    """A VIP at an offset into the network, with up to two further addresses of each family after it."""
    numbers = range(offset + 1, offset + 1 + draw(st.integers(0, 2)))
    further = [network.address(number) for number in numbers]
    further += [network.address6(number) for number in numbers if network.cidr6]
    vrrp = st.just(draw(vrrp))
    replaced = st.builds(Vip, st.just(network.address(FORMER[offset])), vrrp=vrrp)
    has_room = network.subnet is not None and network.subnet.prefixlen <= 24  # those of hosts begin at an eighth
    notify = draw(st.sampled_from(["", '#!/bin/sh\necho $@ } "\n', "#!/bin/sh\ntell <<'E'\n@@TOKEN@@\nE\n"]))
    return Vip(
        network.address6(offset) if ipv6 else network.address(offset),
        virtual_router_id=draw(st.sampled_from([None, offset, offset + 200])),
        virtual_ipaddress_excluded=tuple(further),
        vrrp=draw(vrrp),
        notify=notify,
        secrets=secrets_of(notify),
        replaces=draw(st.none() | replaced if has_room else st.none()),
    )


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


@st.composite
def sites(draw: st.DrawFn) -> Site:
    """A site of one to three tiers, each with a pair or without, and perhaps a pair that stands alone."""
    network, taken = draw(NETWORKS), dict[int, str]()
    app_name, api_name, lb_name, cache_name, pages_name, web_name, db_name = draw(st.permutations(NAMES))[:7]
    folder = Folder("app", FILES)
    app = App(app_name, _hosts(network, app_name, draw(st.integers(1, 4)), taken), draw(servers), folder, draw(SOURCES))
    tiers: list[App | LoadBalancer | Cache | Memcached | ReverseProxy | Pair] = [app]
    if draw(st.booleans()):
        vip = draw(st.none() | vips(network, 20, vrrp3 | vrrp2(1)))
        settings = draw(balanced(balancers, app))
        if draw(st.booleans()):
            api = App(api_name, _hosts(network, api_name, 2, taken), draw(servers), folder)
            settings["backends"] = (draw(further_backends(api, settings["port"])),)
            tiers.append(api)
        hosts = _hosts(network, lb_name, 2 if vip else draw(st.integers(1, 3)), taken)
        tiers.append(LoadBalancer(lb_name, hosts, app, vip, **settings))
        tiers.extend(_pair(lb_name, hosts, vip))
    if draw(st.booleans()):
        vip = draw(st.none() | vips(network, 2, vrrp3 | vrrp2(1)))
        settings = {name: draw(strategy) for name, strategy in varnish.items()}
        settings["secrets"] = secrets_of(settings["extra_config"])
        hosts = _hosts(network, cache_name, 2 if vip else draw(st.integers(1, 3)), taken)
        tiers.append(Cache(cache_name, hosts, draw(st.sampled_from(cacheable(tiers))), vip, **settings))
        tiers.extend(_pair(cache_name, hosts, vip))
    pages: Memcached | None = None
    if draw(st.booleans()):
        settings = {name: draw(strategy) for name, strategy in memcached.items()}
        pages = Memcached(pages_name, _hosts(network, pages_name, draw(st.integers(1, 2)), taken), **settings)
        tiers.append(pages)
    if draw(st.booleans()):
        vip = draw(st.none() | vips(network, 10, vrrp3 | vrrp2(1)))
        settings = {name: draw(strategy) for name, strategy in proxies.items()}
        settings["proxy_protocol"] = bool(settings["trusted_proxies"]) and draw(st.booleans())
        hosts = _hosts(network, web_name, 2 if vip else draw(st.integers(1, 3)), taken)
        served = draw(virtual_hosts([tier for tier in tiers if not isinstance(tier, Pair | Memcached)], pages))
        tiers.append(ReverseProxy(web_name, hosts, served, vip, **settings))
        tiers.extend(_pair(web_name, hosts, vip))
    if draw(st.booleans()):
        tiers.append(draw(lone_pairs(network, db_name, _hosts(network, db_name, 2, taken))))
    site = Site("site", network, tuple(tiers))
    # Ports meet by chance.
    assume(not any("port" in problem.path for problem in problems(site)))
    return site


def _pair(name: str, hosts: tuple[Host, ...], vip: Vip | None) -> list[Pair]:
    return [] if vip is None else [Pair(f"{name}-vip", hosts, vip, path=f"{name}.vip")]
