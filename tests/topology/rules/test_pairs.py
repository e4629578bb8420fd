"""Pairs against each other, and against what is watched: one line a rule, with its exact message."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from hacomponents import Process, Url, Vip, VipPair, Vrrp2, Vrrp3
from tests.topology.declare import Network, told, warned
from tests.topology.sites import change, rails

if TYPE_CHECKING:
    from collections.abc import Mapping

# ruff: noqa: E501  # messages are whole, so that they can be searched for

V4, V6 = "10.10.0.10", "fd00:10::10"
ARTICLE = Vrrp2("secret", priority=(85, 80), weight=10, interval=2)


def pair(cidr6: str = "", **keywords: Any) -> None:
    """Declare one pair."""
    net = Network("site", cidr="10.10.0.0/24", cidr6=cidr6)
    VipPair("db", **{"hosts": net.hosts("db", 2), "vip": Vip(V4), **keywords})


REFUSED: Mapping[str, tuple[dict[str, Any], str]] = {
    "vip_is_a_hosts_address": (
        change(web_vip={"address": "10.10.0.32"}),
        "web.vip: 10.10.0.32 is the address of host web-1; take a free address in 10.10.0.0/24",
    ),
    "vip_twice": (
        change(web_vip={"address": "10.10.0.20", "virtual_router_id": 10}),
        "web.vip: 10.10.0.20 is already in lb.vip; take another address in 10.10.0.0/24",
    ),
    "vip_twice_in_one_pair": (
        change(web_vip={"virtual_ipaddress_excluded": ("10.10.0.10",)}),
        "web.vip: 10.10.0.10 is already in web.vip; take another address in 10.10.0.0/24",
    ),
    "further_vip_of_another_pair": (
        change(web_vip={"virtual_ipaddress_excluded": ("10.10.0.20",)}),
        "web.vip: 10.10.0.20 is already in lb.vip; take another address in 10.10.0.0/24",
    ),
    "router_id_twice": (
        change(web_vip={"virtual_router_id": 20}),
        "web.vip.virtual_router_id: 20 is already the virtual_router_id of lb.vip on network rails; give one of them another between 1 and 255",
    ),
    "vrrp2_weight_past_254": (
        change(web_vip={"vrrp": Vrrp2("secret", priority=(200, 199), weight=60)}),
        "web.vip.vrrp.weight: lifts the priority to 260, and 254 is the highest (services watched: 1) (got 60); lower the priorities",
    ),
}


@pytest.mark.parametrize(("keywords", "message"), REFUSED.values(), ids=REFUSED)
def test_refused(keywords: dict[str, Any], message: str) -> None:
    """
    A bad input is refused with path, rule, value and remedy.
    """
    assert f"rails: 1 problem; nothing was changed\n  {message}" == told(lambda: rails(**keywords))


REFUSED_ALONE: Mapping[str, tuple[dict[str, Any], str]] = {
    "second_vip_is_the_first": (
        change(vip=[Vip(V4), Vip(V4, virtual_router_id=11)]),
        "db.vip[1]: 10.10.0.10 is already in db.vip[0]; take another address in 10.10.0.0/24",
    ),
    "second_vip_has_the_router_id_of_the_first": (
        change(cidr6="fd00:10::/64", vip=[Vip(V4), Vip("fd00:10::a")]),
        "db.vip[1].virtual_router_id: 10 is already the virtual_router_id of db.vip[0] on network site; give one of them another between 1 and 255",
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
    "replaced_vip_has_the_router_id_of_the_new": (
        change(vip=Vip("10.10.0.11", virtual_router_id=10, replaces=Vip(V4))),
        "db.vip.replaces.virtual_router_id: 10 is already the virtual_router_id of db.vip on network site; give one of them another between 1 and 255",
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
}


@pytest.mark.parametrize(("keywords", "message"), REFUSED_ALONE.values(), ids=REFUSED_ALONE)
def test_refused_alone(keywords: dict[str, Any], message: str) -> None:
    """
    The VIPs of one pair are held against each other, too.
    """
    assert f"site: 1 problem; nothing was changed\n  {message}" == told(lambda: pair(**keywords))


def test_two_pairs_on_the_same_hosts() -> None:
    """
    One keepalived watches every tier on its hosts.
    """

    def program() -> None:
        net = Network("rails", cidr="10.10.0.0/24")
        hosts = net.hosts("db", 2)
        VipPair("one", hosts=hosts, vip=Vip(V4))
        VipPair("two", hosts=hosts, vip=Vip("10.10.0.20"))

    message = "two.vip: host db-1 already has one.vip, which watches every tier on its hosts; leave it out, or add its address to one.vip.virtual_ipaddress_excluded"
    assert f"rails: 1 problem; nothing was changed\n  {message}" == told(program)


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
def test_hasty(name: str) -> None:
    """
    Priorities that leave the holder too little time are told, and stop nothing; the defaults and the articles' do not.
    """
    keywords, warning = WARNED[name]

    assert warning == "\n".join(warned(lambda: pair(**keywords)))
