"""Pairs that are refused: one line a rule, with its exact message."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from hacomponents import Process, Url, Vip, VipPair, Vrrp2, Vrrp3
from tests.topology.declare import Network, told
from tests.topology.sites import rails

if TYPE_CHECKING:
    from collections.abc import Mapping

# ruff: noqa: E501  # messages are whole, so that they can be searched for

V4, V6 = "10.10.0.10", "fd00:10::10"
ARTICLE = Vrrp2("secret", priority=(85, 80), weight=10, interval=2)


def pair(cidr6: str = "", **keywords: Any) -> None:
    """Declare one pair."""
    net = Network("site", cidr="10.10.0.0/24", cidr6=cidr6)
    VipPair("db", **{"hosts": net.hosts("db", 2), "vip": Vip(V4), **keywords})


def change(**keywords: Any) -> dict[str, Any]:
    """Keywords of `pair` that a row changes; of any type, since wrong types are among them."""
    return keywords


REFUSED: Mapping[str, tuple[dict[str, Any], str]] = {
    "no_vip": (change(vip=[]), 'db.vip: must be at least one Vip; write Vip("10.10.0.10")'),
    "vip_is_none": (change(vip=None), 'db.vip: must be at least one Vip; write Vip("10.10.0.10")'),
    "second_vip_is_a_string": (
        change(vip=[Vip(V4), "10.10.0.11"]),
        "db.vip[1]: must be a Vip (got '10.10.0.11'); write Vip(\"10.10.0.10\")",
    ),
    "second_vip_has_another_dialect": (
        change(vip=[Vip(V4), Vip("10.10.0.11", vrrp=Vrrp3(priority=(200, 100)))]),
        "db.vip[1].vrrp: differs from that of db.vip[0], on the same hosts (got Vrrp3(advert_int=0.2, priority=(200, 100), nopreempt=True, preempt_delay=0)); give all VIPs of the pair the same",
    ),
    "weights_in_a_group": (
        change(vip=[Vip(V4, vrrp=ARTICLE), Vip("10.10.0.11", vrrp=ARTICLE)], track=Process("mysqld")),
        "db.vip[0].vrrp.weight: cannot be: VIPs that move together know no weights (got 10); leave it out",
    ),
    "interval_of_a_fraction": (
        change(vip=Vip(V4, vrrp=Vrrp2("secret", **change(interval=0.5)))),
        "db.vip.vrrp.interval: must be a whole number between 1 and 60 (got 0.5); give one in that range",
    ),
    "cidr6_with_host_bits": (
        change(cidr6="fd00:10::1/64"),
        "network site.cidr6: must be an IPv6 subnet of /64, with no host bits set (got 'fd00:10::1/64'); write it as fd00:10::/64",
    ),
    "cidr6_of_ipv4": (
        change(cidr6="10.11.0.0/24"),
        "network site.cidr6: must be an IPv6 subnet of /64, with no host bits set (got '10.11.0.0/24'); write it as fd00:10::/64",
    ),
    "vip_outside_the_ipv6_network": (
        change(cidr6="fd00:10::/64", vip=Vip(V4, virtual_ipaddress_excluded=("fd00:11::10",))),
        "db.vip.virtual_ipaddress_excluded[0]: fd00:11::10 is outside network site; take an address in fd00:10::/64",
    ),
    "vip_is_the_ipv6_gateway": (
        change(cidr6="fd00:10::/64", vip=Vip(V4, virtual_ipaddress_excluded=("fd00:10::1",))),
        "db.vip.virtual_ipaddress_excluded[0]: fd00:10::1 is the gateway of network site; take another in fd00:10::/64",
    ),
    "vip_is_a_hosts_ipv6_address": (
        change(cidr6="fd00:10::/64", vip=Vip(V4, virtual_ipaddress_excluded=("fd00:10::20",))),
        "db.vip: fd00:10::20 is the address of host db-1; take a free address in fd00:10::/64",
    ),
    "vip_in_a_long_form": (
        change(cidr6="fd00:10::/64", vip=Vip("fd00:10:0::10")),
        "db.vip.address: must be an address such as 10.10.0.10 or fd00:10::10 (got 'fd00:10:0::10'); correct the address",
    ),
    "vip_of_ipv6_in_vrrp2": (
        change(cidr6="fd00:10::/64", vip=Vip(V6, vrrp=Vrrp2("secret"))),
        "db.vip.vrrp: has no IPv6: VRRP 2 came before it; use Vrrp3, or make fd00:10::10 a virtual_ipaddress_excluded of an IPv4 address",
    ),
    "vip_without_a_router_id": (
        change(vip=Vip("192.0.2.0", interface="eth1")),
        "db.vip.virtual_router_id: cannot follow from an address whose last byte is 0; give a virtual_router_id between 1 and 255",
    ),
    "ipv6_vip_on_another_interface_of_hosts_without_ipv6": (
        change(vip=Vip("2001:db8::10", interface="eth1")),
        "db.vip.address: is adverted over IPv6, and the hosts have none (got '2001:db8::10'); make it a virtual_ipaddress_excluded of an IPv4 address",
    ),
    "interface_with_a_brace": (
        change(vip=Vip("192.0.2.1", interface="eth1 {")),
        "db.vip.interface: must be an interface such as eth1 (got 'eth1 {'); change it to that shape",
    ),
    "script_without_a_program": (
        change(vip=Vip(V4, notify="logger moved")),
        "db.vip.notify: must begin with the program that runs it; begin with a line such as #!/bin/sh",
    ),
    "script_with_a_mark": (
        change(vip=Vip(V4, notify="#!/bin/sh\n: @@secret:x@@")),
        "db.vip.notify: must hold '@@' only as @@NAME@@, the name of a secret in capital letters, digits and underscores; remove it",
    ),
    "script_is_not_text": (
        change(vip=Vip(V4, **change(notify=b"#!/bin/sh"))),
        'db.vip.notify: must be the text of a script (got b\'#!/bin/sh\'); give Path("notify.sh").read_text(); for a secret in it write @@TOKEN@@, and beside it secrets={"TOKEN": config.require_secret("token")}',
    ),
    "replaced_vip_is_an_address": (
        change(vip=Vip("10.10.0.11", **change(replaces=V4))),
        "db.vip.replaces: must be a Vip (got '10.10.0.10'); give the one of before as it was, such as Vip(\"10.10.0.10\")",
    ),
    "replaced_vip_replaces_another": (
        change(vip=Vip("10.10.0.11", replaces=Vip(V4, replaces=Vip("10.10.0.9")))),
        "db.vip.replaces.replaces: cannot be: a VIP takes the place of one other; bring the site up without it first",
    ),
    "replaced_vip_is_outside_the_network": (
        change(vip=Vip(V4, replaces=Vip("10.11.0.10", virtual_router_id=11))),
        "db.vip.replaces.address: 10.11.0.10 is outside network site; take an address in 10.10.0.0/24",
    ),
    "replaced_vip_has_another_dialect": (
        change(vip=Vip("10.10.0.11", replaces=Vip(V4, vrrp=Vrrp3(advert_int=1)))),
        "db.vip.replaces.vrrp: differs from that of db.vip, on the same hosts (got Vrrp3(advert_int=1, priority=(200, 199), nopreempt=True, preempt_delay=0)); give all VIPs of the pair the same",
    ),
    "second_track_is_a_string": (
        change(track=[Process("mysqld"), "nginx"]),
        "db.track[1]: must be a Process or a Url (got 'nginx'); write Process(\"mysqld\")",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused(name: str) -> None:
    """
    A wrong setting is told alone, with its path, its rule and its remedy.
    """
    keywords, message = REFUSED[name]

    assert f"site: 1 problem; nothing was changed\n  {message}" == told(lambda: pair(**keywords))


def test_good_pairs_are_not_refused() -> None:
    """
    A pair with VIPs of both families, one on another network, and the article's weights are accepted.
    """
    group = [Vip(V4, virtual_ipaddress_excluded=("fd00:10::11",)), Vip(V6), Vip("192.0.2.1", interface="eth1")]

    assert "" == told(lambda: pair("fd00:10::/64", vip=group))
    assert "" == told(lambda: pair(vip=Vip(V4, vrrp=ARTICLE), track=Process("mysqld")))
    renumbered = Vip("10.10.0.11", vrrp=ARTICLE, replaces=Vip(V4, vrrp=ARTICLE))
    assert "" == told(lambda: pair(vip=renumbered, track=Process("mysqld")))


REFUSED_OF_A_TIER: Mapping[str, tuple[dict[str, Any], str]] = {
    "one_host_in_a_pair": (
        change(web_hosts=1),
        "web.vip: a VIP moves between the two hosts of a pair (got 1); give two hosts, or no VIP",
    ),
    "three_hosts_in_a_pair": (
        change(web_hosts=3),
        "web.vip: a VIP moves between the two hosts of a pair (got 3); give two hosts, or no VIP",
    ),
    "vip_is_a_string": (
        change(web={"vip": "10.10.0.10"}),
        "web.vip: must be a Vip (got '10.10.0.10'); write Vip(\"10.10.0.10\")",
    ),
}


@pytest.mark.parametrize(("keywords", "message"), REFUSED_OF_A_TIER.values(), ids=REFUSED_OF_A_TIER)
def test_refused_of_a_tier(keywords: dict[str, Any], message: str) -> None:
    """
    The pair of a tier is told by the path of the tier's VIP.
    """
    assert f"rails: 1 problem; nothing was changed\n  {message}" == told(lambda: rails(**keywords))


@pytest.mark.parametrize(
    ("track", "message"),
    [
        (
            Process(""),
            "db.track.name: must be a process name of 15 characters at most (got ''); change it to that shape",
        ),
        (
            Process("a-name-of-sixteen"),
            "db.track.name: must be a process name of 15 characters at most (got 'a-name-of-sixteen'); change it to that shape",
        ),
        (
            Process("mysqld; reboot"),
            "db.track.name: must be a process name of 15 characters at most (got 'mysqld; reboot'); change it to that shape",
        ),
        (
            Url("http://10.10.0.5/health"),
            "db.track.url: must be a URL such as http://127.0.0.1:8080/health (got 'http://10.10.0.5/health'); change it to that shape",
        ),
        ("mysqld", "db.track: must be a Process or a Url (got 'mysqld'); write Process(\"mysqld\")"),
    ],
)
def test_refused_track(track: Any, message: str) -> None:
    """
    What a pair that stands alone watches is one process by its name, or a URL on the host itself.
    """

    def program() -> None:
        net = Network("db", cidr="10.10.0.0/24")
        VipPair("db", hosts=net.hosts("db", 2), vip=Vip("10.10.0.10"), track=track)

    assert f"db: 1 problem; nothing was changed\n  {message}" == told(program)


def paths(told: str) -> list[str]:
    """The paths of the problems that a program was told."""
    return [line.strip().split(":")[0] for line in told.splitlines()[1:]]
