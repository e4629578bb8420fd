"""Who may come to which port of a host, as its rules have it."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from hacomponents.render import bundle_of
from hacomponents.render.nftables import CONFIG, Sources
from hacomponents.topology.app import App
from hacomponents.topology.cache import Cache
from hacomponents.topology.firewall import EVERYBODY, Firewall
from hacomponents.topology.load_balancer import LoadBalancer
from hacomponents.topology.network import Host, Network
from hacomponents.topology.pair import Pair
from hacomponents.topology.reverse_proxy import ReverseProxy, VirtualHost
from hacomponents.topology.rules import problems
from hacomponents.topology.server import Folder, Thin
from hacomponents.topology.site import Site
from hacomponents.topology.vip import Vip
from tests.render.parsing import lines

if TYPE_CHECKING:
    from hacomponents.topology.tier import Tier

NETWORK = Network("net", "10.10.0.0/24")
APP, LB, WEB = (
    tuple(Host(f"{role}-{each}", f"10.10.0.{first + each}") for each in (1, 2))
    for role, first in (("app", 100), ("lb", 60), ("web", 30))
)
SPARE = (Host("spare-1", "10.10.0.140"),)
THIN = App("app", APP, Thin("app", processes=2), Folder("app", {"config.ru": b"run App\n"}))
BALANCER = LoadBalancer("lb", LB, THIN, Vip("10.10.0.20"))


def proxy(to: Tier, hosts: tuple[Host, ...] = WEB) -> ReverseProxy:
    """The tier in front."""
    return ReverseProxy("web", hosts, (VirtualHost("web", to),), Vip("10.10.0.10"))


def site(*tiers: Tier, firewall: Firewall | None = None) -> Site:
    """Tiers on the network, each with a pair where it has a VIP."""
    pairs = (Pair(f"{tier.name}-vip", tier.hosts, vip) for tier in tiers if isinstance(vip := vars(tier)["vip"], Vip))
    declared = Site("site", replace(NETWORK, firewall=firewall or Firewall()), (THIN, *tiers, *pairs))
    assert [] == list(problems(declared))
    return declared


def chains(declared: Site, host: Host) -> dict[str, list[str]]:
    """The rules of a host, by the name of their chain."""
    rules = json.loads(bundle_of(declared, host).text)["files"][CONFIG]["content"]
    found: dict[str, list[str]] = {}
    for words in lines(rules):
        if words[0] == "chain":
            found[words[1]] = current = []
        elif found and words != ["}"]:
            current.append(" ".join(words))
    return found


def test_each_tier_is_open_to_the_tier_in_front() -> None:
    """
    Servers are open to the balancers, balancers to the proxies, proxies to everybody; VRRP and the agent to the peer.
    """
    rails = site(BALANCER, proxy(BALANCER))
    servers, balancers, proxies = (chains(rails, host)["allowed"] for host in (APP[0], LB[0], WEB[1]))

    assert ["ip saddr { 10.10.0.61, 10.10.0.62 } tcp dport { 3000, 3001, 8011 } accept"] == servers
    assert [
        "ip saddr { 10.10.0.62 } meta l4proto 112 accept",
        "ip saddr { 10.10.0.31, 10.10.0.32 } tcp dport { 3100 } accept",
        "ip saddr { 10.10.0.62 } tcp dport { 8011 } accept",
    ] == balancers
    assert [
        "ip saddr { 10.10.0.31 } meta l4proto 112 accept",
        "tcp dport { 80 } accept",
        "ip saddr { 10.10.0.31 } tcp dport { 8011 } accept",
    ] == proxies
    assert all(chains(rails, host)["input"][-1] == "goto refused" for host in (*APP, *LB, *WEB))


def test_several_tiers_in_front() -> None:
    """
    A tier that two others ask is open to the hosts of both.
    """
    sites = (VirtualHost("shop", BALANCER, ("a.example",)), VirtualHost("blog", THIN, ("b.example",)))
    both = ReverseProxy("web", WEB, sites, Vip("10.10.0.10"))

    assert [
        "ip saddr { 10.10.0.61, 10.10.0.62, 10.10.0.31, 10.10.0.32 } tcp dport { 3000, 3001, 8011 } accept"
    ] == chains(site(BALANCER, both), APP[0])["allowed"]


def test_roles_on_the_same_hosts() -> None:
    """
    What a host asks of itself needs no rule; its peer, which has the same roles, may ask its balancer.
    """
    alone = LoadBalancer("lb", WEB, THIN)

    assert [
        "ip saddr { 10.10.0.32 } meta l4proto 112 accept",
        "ip saddr { 10.10.0.32 } tcp dport { 3100 } accept",
        "tcp dport { 80 } accept",
        "ip saddr { 10.10.0.32 } tcp dport { 8011 } accept",
    ] == chains(site(alone, proxy(alone)), WEB[0])["allowed"]


@pytest.mark.parametrize(
    ("clients", "rules"),
    [
        ((), []),
        (("10.10.0.61", "10.10.0.62"), ["ip saddr { 10.10.0.61, 10.10.0.62 } tcp dport { 3000, 3001 } accept"]),
        (EVERYBODY, ["tcp dport { 3000, 3001 } accept"]),
    ],
    ids=["nobody", "balancers", "everybody"],
)
def test_servers_that_no_tier_asks(clients: tuple[str, ...], rules: list[str]) -> None:
    """
    Servers that no tier has behind it are open to whom the program names, and to no other; the agent is to none.
    """
    spare = replace(THIN, name="spare", hosts=SPARE, clients=clients)
    declared = Site("site", replace(NETWORK, firewall=Firewall()), (*site(proxy(THIN)).tiers, spare))

    assert rules == chains(declared, SPARE[0])["allowed"]


def test_servers_with_clients_of_their_own() -> None:
    """
    Whom the program names comes to servers beside the tier in front.
    """
    both = replace(THIN, clients=("192.0.2.7",))
    declared = Site("site", replace(NETWORK, firewall=Firewall()), (both, proxy(both)))

    assert [
        "ip saddr { 10.10.0.31, 10.10.0.32 } tcp dport { 8011 } accept",
        "ip saddr { 10.10.0.31, 10.10.0.32, 192.0.2.7 } tcp dport { 3000, 3001 } accept",
    ] == chains(declared, APP[0])["allowed"]


@pytest.mark.parametrize(
    "front",
    [
        ReverseProxy("front", WEB, (VirtualHost("web", THIN),)),
        LoadBalancer("front", WEB, THIN),
        Cache("front", WEB, THIN),
    ],
    ids=lambda front: type(front).__name__,
)
def test_a_front_without_a_vip(front: ReverseProxy | LoadBalancer | Cache) -> None:
    """
    A tier that has another behind it, and none in front, is for clients, also without a VIP.
    """
    declared = Site("site", replace(NETWORK, firewall=Firewall(clients=["10.0.0.0/8"])), (THIN, front))

    assert [f"ip saddr {{ 10.0.0.0/8 }} tcp dport {{ {front.port} }} accept"] == chains(declared, WEB[0])["allowed"]


def test_clients_and_management() -> None:
    """
    Where clients are given, nobody else reaches the front; management reaches everything but VRRP.
    """
    firewall = Firewall(management=["192.0.2.7", "2001:db8::/32"], clients=["10.0.0.0/8"])
    rules = chains(site(proxy(THIN), firewall=firewall), WEB[0])

    assert "ip saddr { 10.0.0.0/8 } tcp dport { 80 } accept" in rules["allowed"]
    assert [
        "meta l4proto 112 drop",
        "ip saddr { 192.0.2.7 } accept",
        "ip6 saddr { 2001:db8::/32 } accept",
        "goto refused",
    ] == rules["input"][-4:]


def test_who_is_inside_is_told() -> None:
    """
    Whoever is of the site's own networks is refused by a reset, and hears of it; anybody else hears nothing.
    """
    own = replace(NETWORK, cidr6="fd00:10::/64", firewall=Firewall())
    rules = chains(replace(site(proxy(THIN)), network=own), WEB[0])["refused"]

    assert [
        "ip saddr { 10.10.0.0/24 } meta l4proto tcp counter reject with tcp reset",
        "ip saddr { 10.10.0.0/24 } counter reject",
        "ip6 saddr { fd00:10::/64, fe80::/10 } meta l4proto tcp counter reject with tcp reset",
        "ip6 saddr { fd00:10::/64, fe80::/10 } counter reject",
        "counter drop",
    ] == rules[1:]


def test_what_is_not_known_is_open() -> None:
    """
    The hosts of a pair that stands alone serve what is not known here: only VRRP is judged.
    """
    database = Pair("db", LB, (Vip("10.10.0.20"), Vip("192.0.2.9", 9, interface="eth1")))
    declared = Site("site", replace(NETWORK, firewall=Firewall()), (database,))
    rules = chains(declared, LB[0])

    assert rules["input"][0].endswith("policy accept;")
    assert "meta l4proto 112 drop" == rules["input"][-1]
    assert [
        "ip saddr { 10.10.0.62 } meta l4proto 112 accept",
        "ip saddr { 10.10.0.62 } tcp dport { 8011 } accept",
    ] == rules["allowed"]
    assert [*EVERYBODY] == json.loads(bundle_of(declared, LB[0]).text)["services"]["nftables"]["management"]


def test_without_a_firewall() -> None:
    """
    A network that wants none has none on any host.
    """
    declared = Site("site", replace(NETWORK, firewall=None), (THIN,))
    bundle = json.loads(bundle_of(declared, APP[0]).text)

    assert CONFIG not in bundle["files"]
    assert "nftables" not in bundle["services"]


def test_subnets_inside_others() -> None:
    """
    Nftables takes no overlap in a set: what is inside another subnet is left out, and everybody is no match at all.
    """
    assert ["ip saddr { 10.10.0.0/16 } ", "ip6 saddr { fd00::/64 } "] == Sources(
        ("10.10.0.5", "10.10.0.0/16", "10.10.1.0/24", "fd00::1", "fd00::/64", "10.10.0.0/16")
    ).matches
    assert [""] == Sources(("10.10.0.5", *EVERYBODY)).matches
    assert [] == Sources(()).matches
