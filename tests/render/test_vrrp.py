"""Between whom adverts go, wherever a VIP is, and whom a host believes."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import product

import pytest

from hacomponents.render import bundle_of
from hacomponents.render.keepalived import CONFIG
from hacomponents.render.nftables import CONFIG as RULES
from hacomponents.topology.network import Host, Network
from hacomponents.topology.pair import Pair
from hacomponents.topology.rules import problems
from hacomponents.topology.secret import Secret
from hacomponents.topology.site import Site
from hacomponents.topology.vip import Vip, Vrrp, Vrrp2, Vrrp3
from tests.render.parsing import lines

NETWORK = Network("net", "10.10.0.0/24", "fd00:10::/64")
HOSTS = tuple(Host(f"db-{each}", f"10.10.0.{30 + each}", address6=f"fd00:10::{30 + each}") for each in (1, 2))
PEERS = ["ip saddr { 10.10.0.32 } meta l4proto 112 accept", "ip6 saddr { fd00:10::32 } meta l4proto 112 accept"]
OUTSIDE = ("203.0.113.10", "2001:db8::10")
WHERE = [("", "10.10.0.10"), ("", "fd00:10::10"), *product(("eth0", "eth1"), ("10.10.0.10", "fd00:10::10", *OUTSIDE))]


def files(vip: Vip) -> tuple[list[str], list[str]]:
    """The lines of the first host's keepalived.conf and of its firewall."""
    site = Site("site", NETWORK, (Pair("db", HOSTS, vip),))
    assert [] == list(problems(site))
    found = json.loads(bundle_of(site, HOSTS[0]).text)["files"]
    config, rules = ([" ".join(words) for words in lines(found[path]["content"])] for path in (CONFIG, RULES))
    return config, rules


@pytest.mark.parametrize(("interface", "address"), WHERE)
def test_adverts_go_between_the_hosts(interface: str, address: str) -> None:
    """
    On whatever interface a VIP is, of whatever subnet: adverts go from the host's own address to its peer's, on the
    link that both share, and VRRP is let in from the peer alone; another interface is watched.
    """
    config, rules = files(Vip(address, interface=interface))
    start = config.index(f"vrrp_instance {address} {{")
    source, peer = (host.address6 if ":" in address else host.address for host in HOSTS)

    assert ["interface eth0", *vrrp3_way(source, peer)] == [config[start + 1], *between(config, "unicast_src_ip", 5)]
    assert (["eth1"] if interface == "eth1" else []) == watched(config)
    assert config[config.index("virtual_ipaddress {") + 1].split()[1:3] == ["dev", interface or "eth0"]
    assert PEERS == [rule for rule in rules if "l4proto 112 accept" in rule]


@pytest.mark.parametrize(("interface", "address"), [each for each in WHERE if ":" not in each[1]])
def test_adverts_of_the_articles(interface: str, address: str) -> None:
    """
    VRRP 2 keeps its multicast, on the link that both hosts share, and it too is let in from the peer alone.
    """
    vrrp: Vrrp = Vrrp2(Secret("password", "0" * 12, 8, clean=True))
    config, rules = files(Vip(address, interface=interface, vrrp=vrrp))

    assert "interface eth0" == config[config.index(f"vrrp_instance {address} {{") + 1]
    assert PEERS == [rule for rule in rules if "l4proto 112 accept" in rule]


def test_hosts_on_another_interface() -> None:
    """
    Hosts whose own addresses are on another interface than eth0 send their adverts there.
    """
    hosts = tuple(replace(host, interface="ens3") for host in HOSTS)
    site = Site("site", NETWORK, (Pair("db", hosts, Vip("203.0.113.10", interface="eth0", vrrp=Vrrp3())),))
    config = lines(json.loads(bundle_of(site, hosts[0]).text)["files"][CONFIG]["content"])

    assert ["interface", "ens3"] in config
    assert ["203.0.113.10/32", "dev", "eth0"] in config


def vrrp3_way(source: str, peer: str) -> list[str]:
    """The lines of an instance that speaks to its peer alone."""
    return [f"unicast_src_ip {source}", "unicast_peer {", peer, "}", "unicast_fault_no_peer"]


def between(config: list[str], beginning: str, count: int) -> list[str]:
    """So many lines from the first that begins so."""
    start = next(number for number, line in enumerate(config) if line.startswith(beginning))
    return config[start : start + count]


def watched(config: list[str]) -> list[str]:
    """The interfaces whose end is a FAULT."""
    if "track_interface {" not in config:
        return []
    start = config.index("track_interface {")
    return config[start + 1 : config.index("}", start)]
