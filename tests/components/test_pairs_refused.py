"""Pairs that are refused: one line a rule, with its exact message; none of them touches a host."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from hacomponents import Process, Url, Vip, VipPair, Vrrp2, Vrrp3
from hacomponents.docker import Network
from tests.components.program import run

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
    "second_vip_is_a_string": (
        change(vip=[Vip(V4), "10.10.0.11"]),
        "db.vip[1]: must be a Vip (got '10.10.0.11'); write Vip(\"10.10.0.10\")",
    ),
    "second_vip_is_the_first": (
        change(vip=[Vip(V4), Vip(V4, virtual_router_id=11)]),
        "db.vip[1]: 10.10.0.10 is already in db.vip[0]; take another address in 10.10.0.0/24",
    ),
    "second_vip_has_the_router_id_of_the_first": (
        change(cidr6="fd00:10::/64", vip=[Vip(V4), Vip("fd00:10::a")]),
        "db.vip[1].virtual_router_id: 10 is already the virtual_router_id of db.vip[0] on network site; give one of them another between 1 and 255",
    ),
    "second_vip_has_another_dialect": (
        change(vip=[Vip(V4), Vip("10.10.0.11", vrrp=Vrrp3(priority=(200, 100)))]),
        "db.vip[1].vrrp: differs from that of db.vip[0], on the same hosts (got Vrrp3(advert_int=0.2, priority=(200, 100), nopreempt=True, preempt_delay=0)); give all VIPs of the pair the same",
    ),
    "weights_in_a_group": (
        change(vip=[Vip(V4, vrrp=ARTICLE), Vip("10.10.0.11", vrrp=ARTICLE)], track=Process("mysqld")),
        "db.vip[0].vrrp.weight: cannot be: VIPs that move together know no weights (got 10); leave it out",
    ),
    "weight_of_nothing": (
        change(vip=Vip(V4, vrrp=ARTICLE)),
        "db.vip.vrrp.weight: never fails over: nothing is watched (got 10); track something, or leave it out",
    ),
    "weights_of_many": (
        change(
            vip=Vip(V4, vrrp=Vrrp2("secret", weight=53)),
            track=[Process("mysqld"), Url("http://127.0.0.1:80/up")],
        ),
        "db.vip.vrrp.weight: lifts the priority to 256, and 254 is the highest (services watched: 2) (got 53); lower the priorities",
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
    "replaced_vip_has_the_router_id_of_the_new": (
        change(vip=Vip("10.10.0.11", virtual_router_id=10, replaces=Vip(V4))),
        "db.vip.replaces.virtual_router_id: 10 is already the virtual_router_id of db.vip on network site; give one of them another between 1 and 255",
    ),
    "replaced_vip_has_another_dialect": (
        change(vip=Vip("10.10.0.11", replaces=Vip(V4, vrrp=Vrrp3(advert_int=1)))),
        "db.vip.replaces.vrrp: differs from that of db.vip, on the same hosts (got Vrrp3(advert_int=1, priority=(200, 199), nopreempt=True, preempt_delay=0)); give all VIPs of the pair the same",
    ),
    "what_is_beside_both": (
        change(
            vip=Vip(
                "10.10.0.11",
                virtual_ipaddress_excluded=("10.10.0.12",),
                replaces=Vip(V4, virtual_ipaddress_excluded=("10.10.0.12",)),
            )
        ),
        "db.vip.replaces: 10.10.0.12 is already in db.vip; leave it to db.vip.replaces until that is gone; what is new is an address that it has not",
    ),
    "second_track_is_a_string": (
        change(track=[Process("mysqld"), "nginx"]),
        "db.track[1]: must be a Process or a Url (got 'nginx'); write Process(\"mysqld\")",
    ),
}


HASTY = "has the peer take the VIP {} ms after its holder's last advert; a busy holder needs longer to let go of it, and both have it meanwhile"
WARNED: Mapping[str, tuple[dict[str, Any], str]] = {
    "default": (change(), ""),
    "fast_adverts": (change(vip=Vip(V4, vrrp=Vrrp3(0.1))), ""),
    "article": (change(vip=Vip(V4, vrrp=Vrrp2("secret"))), ""),
    "weights_of_the_article": (change(vip=Vip(V4, vrrp=ARTICLE), track=Process("mysqld")), ""),
    "highest_priorities": (
        change(vip=Vip(V4, vrrp=Vrrp3(priority=(254, 253)))),
        f"db.vip.vrrp.priority: {HASTY.format(1.6)} (got (254, 253)); lower both, such as to (200, 199); that moves no VIP",
    ),
    "fast_adverts_and_high_priorities": (
        change(vip=[Vip(V4, vrrp=Vrrp3(0.1, (230, 100)))]),
        f"db.vip[0].vrrp.priority: {HASTY.format(10.2)} (got (230, 100)); lower both, such as to (200, 70); that moves no VIP",
    ),
    "highest_priorities_of_the_article": (
        change(vip=Vip(V4, vrrp=Vrrp2("secret", priority=(254, 50)))),
        f"db.vip.vrrp.priority: {HASTY.format(7.8)} (got (254, 50)); lower both, such as to (200, 1); that moves no VIP",
    ),
    "weights_that_lift": (
        change(vip=Vip(V4, vrrp=Vrrp2("secret", priority=(232, 222), weight=20)), track=Process("mysqld")),
        f"db.vip.vrrp.priority: {HASTY.format(15.6)} (got (232, 222)); lower both, such as to (180, 170); that moves no VIP",
    ),
}


@pytest.mark.parametrize("name", WARNED)
def test_hasty(name: str, caplog: pytest.LogCaptureFixture) -> None:
    """
    Priorities that leave the holder too little time are told, and stop nothing; the defaults and the articles' do not.
    """
    keywords, warning = WARNED[name]
    caplog.clear()

    assert "" == run(lambda: pair(**keywords)).error
    assert warning == "\n".join(record.getMessage() for record in caplog.records)


@pytest.mark.parametrize("name", REFUSED)
def test_refused(name: str) -> None:
    """
    A wrong setting is told alone, with its path, its rule and its remedy.
    """
    keywords, message = REFUSED[name]

    result = run(lambda: pair(**keywords))

    assert f"site: 1 problem; nothing was changed\n  {message}" == result.error


def test_good_pairs_are_not_refused() -> None:
    """
    A pair with VIPs of both families, one on another network, and the article's weights are accepted.
    """
    group = [Vip(V4, virtual_ipaddress_excluded=("fd00:10::11",)), Vip(V6), Vip("192.0.2.1", interface="eth1")]

    assert "" == run(lambda: pair("fd00:10::/64", vip=group)).error
    assert "" == run(lambda: pair(vip=Vip(V4, vrrp=ARTICLE), track=Process("mysqld"))).error
    renumbered = Vip("10.10.0.11", vrrp=ARTICLE, replaces=Vip(V4, vrrp=ARTICLE))
    assert "" == run(lambda: pair(vip=renumbered, track=Process("mysqld"))).error
