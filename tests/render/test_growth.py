"""What a site that grows changes on the hosts that were there."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from hacomponents.render import bundle_of
from hacomponents.render.haproxy import CONFIG as HAPROXY
from hacomponents.render.keepalived import CONFIG as KEEPALIVED
from hacomponents.topology.app import App
from hacomponents.topology.load_balancer import LoadBalancer
from hacomponents.topology.network import Host, Network
from hacomponents.topology.pair import Pair
from hacomponents.topology.reverse_proxy import ReverseProxy, VirtualHost
from hacomponents.topology.rules import problems
from hacomponents.topology.server import ApachePhp, Command, Folder, Gunicorn, Passenger, Puma, Server, Thin, Tomcat
from hacomponents.topology.site import Site
from hacomponents.topology.vip import Vip
from tests.render.parsing import keepalived

NETWORK = Network("net", "10.10.0.0/24")


def hosts(role: str, offset: int, count: int) -> tuple[Host, ...]:
    """Some hosts of a role."""
    return tuple(Host(f"{role}-{number}", NETWORK.address(offset + number)) for number in range(1, count + 1))


FILES = {"config.ru": b"run App\n", "wsgi.py": b"application = print\n"}
SERVERS = (Thin("app"), Passenger("app"), Puma("app"), ApachePhp("app"), Gunicorn("app"), Tomcat("app"))
COMMAND = Command("app", start=("serve",))


def site(apps: int, server: Server = SERVERS[0]) -> Site:
    """The Rails site with so many application hosts."""
    app = App("app", hosts("app", 100, apps), server, Folder("app", FILES))
    balancer = LoadBalancer("lb", hosts("lb", 20, 2), app, Vip(NETWORK.address(20)))
    web = ReverseProxy("web", hosts("web", 10, 2), (VirtualHost("site", balancer),), Vip(NETWORK.address(10)))
    pairs = (Pair(f"{tier.name}-vip", tier.hosts, tier.vip) for tier in (balancer, web) if tier.vip)
    return Site("site", NETWORK, (app, balancer, web, *pairs))


@pytest.mark.parametrize("server", [*SERVERS, COMMAND], ids=lambda server: type(server).__name__)
@pytest.mark.parametrize("apps", range(1, 6))
def test_another_application_host_changes_only_the_balancers(apps: int, server: Server) -> None:
    """
    With one more application host, nothing changes on the others and on the nginx hosts; haproxy gets its servers.
    """
    small, large = site(apps, server), site(apps + 1, server)
    assert [] == list(problems(large))

    there = {host for tier in small.tiers for host in tier.hosts}
    changed = {host.name for host in there if bundle_of(small, host).text != bundle_of(large, host).text}

    assert {"lb-1", "lb-2"} == changed
    for host in small.tiers[1].hosts:
        before, after = (json.loads(bundle_of(each, host).text) for each in (small, large))
        assert before["services"] == after["services"]
        assert [HAPROXY] == [path for path, file in after["files"].items() if file != before["files"][path]]


VIP = Vip(NETWORK.address(5))


@pytest.mark.parametrize(
    "vips",
    [(Vip(VIP.address, virtual_ipaddress_excluded=(NETWORK.address(6),)),), (VIP, Vip(NETWORK.address(4)))],
    ids=["address", "vip"],
)
def test_another_address_changes_only_its_pair(vips: tuple[Vip, ...]) -> None:
    """
    With an address beside a VIP, or another VIP, keepalived's file changes on the pair's hosts, and no more; the
    instance that was there keeps its name, its router id and its priority.
    """
    hosts_of_pair = hosts("db", 40, 2)
    small, large = (
        Site("site", NETWORK, (*site(1).tiers, Pair("db", hosts_of_pair, given))) for given in ((VIP,), vips)
    )
    assert [] == list(problems(large))

    for host in {host for tier in small.tiers for host in tier.hosts}:
        before, after = (json.loads(bundle_of(each, host).text)["files"] for each in (small, large))
        changed = {path for path in after if before[path] != after[path]}
        assert ({KEEPALIVED} if host in hosts_of_pair else set()) == changed
    for host in hosts_of_pair:
        assert anchored(small, host) == anchored(large, host)


@pytest.mark.parametrize("others", [(), (Vip(NETWORK.address(4)),)], ids=["alone", "in_a_group"])
def test_a_vip_takes_the_place_of_another(others: tuple[Vip, ...]) -> None:
    """
    In both steps, an instance that is there before and after has the same text; in the first, the group is the one of
    before and the new VIP stands alone, in the second it is in the place of the old one.
    """
    new = Vip(NETWORK.address(6))
    pair = hosts("db", 40, 2)
    before, first, second = (
        instances(Site("site", NETWORK, (Pair("db", pair, (vip, *others)),)), pair[0])
        for vip in (VIP, replace(new, replaces=VIP), new)
    )

    assert {**before, new.address: first[new.address]} == first
    assert [name for name in first if name != VIP.address] == list(second)
    assert all(second[name] == first[name] for name in second if name != "group")
    if others:
        assert [[VIP.address], [other.address for other in others]] == first["group"]
        assert [[new.address], [other.address for other in others]] == second["group"]


def instances(site: Site, host: Host) -> dict[str, Any]:
    """The blocks of each instance by its name, and the members of the group."""
    assert [] == list(problems(site))
    text = json.loads(bundle_of(site, host).text)["files"][KEEPALIVED]["content"]
    blocks = [(line[1], line[-1]) for line in keepalived(text) if line[0] in ("vrrp_instance", "vrrp_sync_group")]
    return {name if name != "db" else "group": block[0][-1] if name == "db" else block for name, block in blocks}


def anchored(site: Site, host: Host) -> list[Any]:
    """The instance of the first VIP, without the addresses beside it."""
    (block,) = [
        block
        for word, *rest, block in keepalived(json.loads(bundle_of(site, host).text)["files"][KEEPALIVED]["content"])
        if [word, *rest] == ["vrrp_instance", VIP.address]
    ]
    return [line for line in block if line[0] != "virtual_ipaddress_excluded"]
