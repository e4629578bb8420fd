"""Where adverts go, as a host compares it before a push."""

from __future__ import annotations

import json

import pytest

from hacomponents.agent.daemons.keepalived import ways
from hacomponents.render import bundle_of
from hacomponents.topology.network import Host, Network
from hacomponents.topology.pair import Pair
from hacomponents.topology.site import Site
from hacomponents.topology.vip import Vip, Vrrp3

# As releases before this one rendered a VIP on an interface that was named.
MULTICAST = """\
global_defs {
    vrrp_version 3
}
vrrp_instance 203.0.113.10 {
    interface eth1
    virtual_ipaddress {
        203.0.113.10/32 dev eth1
    }
}
"""


def rendered(vip: Vip) -> str:
    """The first host's file."""
    hosts = tuple(Host(f"db-{each}", f"10.10.0.{30 + each}") for each in (1, 2))
    site = Site("site", Network("net", "10.10.0.0/24"), (Pair("db", hosts, vip),))
    return str(json.loads(bundle_of(site, hosts[0]).text)["files"]["/etc/keepalived/keepalived.conf"]["content"])


@pytest.mark.parametrize("vrrp", [Vrrp3(), Vrrp3(0.1, (254, 1), nopreempt=False)])
def test_what_this_release_renders(vrrp: Vrrp3) -> None:
    """
    To the peer alone, whatever else of the dialect changes.
    """
    assert {"203.0.113.10": ("eth0", True)} == ways(rendered(Vip("203.0.113.10", interface="eth1", vrrp=vrrp)))


def test_what_the_one_before_rendered() -> None:
    """
    To everybody, on the VIP's own interface; nothing where nothing was pushed yet.
    """
    assert {"203.0.113.10": ("eth1", False)} == ways(MULTICAST)
    assert {} == ways("")
