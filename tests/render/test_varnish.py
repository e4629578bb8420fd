"""What stands in Varnish's files depends on the tiers around it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from hacomponents.render import bundle_of
from hacomponents.render.haproxy import CONFIG as HAPROXY
from hacomponents.render.varnish import COMMANDS, VCL
from hacomponents.topology.app import App
from hacomponents.topology.cache import Cache, Probe
from hacomponents.topology.load_balancer import Backend, LoadBalancer
from hacomponents.topology.network import Host, Network
from hacomponents.topology.reverse_proxy import ReverseProxy, VirtualHost
from hacomponents.topology.server import Folder, Thin
from hacomponents.topology.site import Site
from hacomponents.topology.vip import Vip

if TYPE_CHECKING:
    from hacomponents.topology.tier import Tier

NETWORK = Network("net", "10.10.0.0/24")
EDGE = (Host("edge-1", "10.10.0.31"), Host("edge-2", "10.10.0.32"))
APP = App("app", (Host("app-1", "10.10.0.41"),), Thin("app", processes=2, health="/well"), Folder("app"))
LB = LoadBalancer("lb", (Host("lb-1", "10.10.0.51"), Host("lb-2", "10.10.0.52")), APP, cookie=None)


def file(path: str, host: Host, *tiers: Tier) -> str:
    """A file of a host in a site of these tiers."""
    bundle = json.loads(bundle_of(Site("site", NETWORK, tiers), host).text)
    return str(bundle["files"][path]["content"])


def block(vcl: str, name: str) -> list[str]:
    """The lines of a block, such as `acl front`."""
    lines = vcl.partition(f"\n{name} {{\n")[2].splitlines()
    return [line.strip() for line in lines[: lines.index("}")] if line]


def test_servers_in_turn() -> None:
    """
    Where the tier behind has several addresses, each is a backend with the probe, and they are asked in turn.
    """
    vcl = file(VCL, EDGE[0], APP, Cache("cache", EDGE, APP))

    assert 2 == vcl.count(".probe = health;")
    assert [
        "new servers = directors.round_robin();",
        "servers.add_backend(to_app-1-3000);",
        "servers.add_backend(to_app-1-3001);",
    ] == block(vcl, "sub vcl_init")


@pytest.mark.parametrize("host", EDGE)
def test_the_own_host_first(host: Host) -> None:
    """
    On the balancers' own hosts, each cache asks its own balancer, and the other one where that does not answer.
    """
    lb = LoadBalancer("lb", EDGE, APP, cookie=None)

    added = block(file(VCL, host, APP, lb, Cache("cache", EDGE, lb)), "sub vcl_init")

    assert "new servers = directors.fallback();" == added[0]
    assert f"servers.add_backend(to_{host.name});" == added[1]


@pytest.mark.parametrize(
    ("behind", "probe", "path"),
    [(APP, Probe(), "/well"), (LB, Probe(), "/.haproxy/health"), (LB, Probe("/up"), "/up")],
    ids=["an_application", "a_balancer", "as_the_program_says"],
)
def test_probe(behind: Tier, probe: Probe, path: str) -> None:
    """
    An application is asked by its health path, haproxy by one of its own, anybody by what the program says.
    """
    vcl = file(VCL, EDGE[0], APP, behind, Cache("cache", EDGE, behind, probe=probe))

    assert f'.url = "{path}";' in block(vcl, "probe health")


def test_haproxy_tells_a_cache_only() -> None:
    """
    Haproxy has a path for a cache in front: it fails when no server of any backend is up. Without one it has none.
    """
    lb = LoadBalancer(LB.name, LB.hosts, APP, cookie=None, backends=(Backend(to=APP, path_beg=("/api",), cookie=None),))

    alone, behind = (file(HAPROXY, LB.hosts[0], APP, lb, *caches) for caches in ((), (Cache("cache", EDGE, lb),)))

    assert "monitor-uri /.haproxy/health" not in alone
    assert "monitor-uri /.haproxy/health\n    monitor fail if { nbsrv(app) lt 1 }\n" in behind


def test_who_is_in_front() -> None:
    """
    The hosts of a tier in front say who the client is; on the cache's own hosts, also by the VIP, which both ends of
    such a connection have.
    """
    vip = Vip("10.10.0.15")
    others = tuple(Host(f"web-{number}", f"10.10.0.6{number}") for number in (1, 2))
    fronts = {}
    for name, hosts in (("apart", others), ("together", EDGE)):
        cache = Cache("cache", EDGE, APP, vip)
        web = ReverseProxy("web", hosts, (VirtualHost("site", cache),))
        fronts[name] = block(file(VCL, EDGE[0], APP, cache, web), "acl front")

    assert ['"10.10.0.61";', '"10.10.0.62";'] == fronts["apart"]
    assert ['"10.10.0.15";', '"10.10.0.31";', '"10.10.0.32";'] == fronts["together"]
    assert [] == block(file(VCL, EDGE[0], APP, Cache("cache", EDGE, APP)), "acl front")


def test_addresses() -> None:
    """
    Varnish listens on the VIPs of either family, and on the host's own address: PURGE is for each cache.
    """
    vip = Vip("10.10.0.15", virtual_ipaddress_excluded=("fd00:10::15",))
    bundle = bundle_of(Site("site", NETWORK, (APP, Cache("cache", EDGE, APP, vip, port=80))), EDGE[1])

    service = json.loads(bundle.text)["services"]["varnish"]

    assert ["10.10.0.32:80", "10.10.0.15:80", "[fd00:10::15]:80", "health=127.0.0.1:8013"] == service["listen"]


def test_times_are_plain_numbers() -> None:
    """
    Varnish's parameters are seconds, with a point and without an exponent.
    """
    commands = file(COMMANDS, EDGE[0], APP, Cache("cache", EDGE, APP, default_ttl=1e-3, default_grace=30_000_000))

    assert "param.set default_ttl 0.001\nparam.set default_grace 30000000.000\n" in commands
