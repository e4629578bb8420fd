"""Addresses are chosen, not discovered; and networks that are refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hacomponents import AppTier, LoadBalancerTier, ReverseProxyTier, Thin, Vip
from hacomponents.topology import rules
from hacomponents.topology.network import Network, choose_addresses, spare
from tests.topology import declare
from tests.topology.declare import told
from tests.topology.sites import change, rails

if TYPE_CHECKING:
    from collections.abc import Mapping

# ruff: noqa: E501  # messages are whole, so that they can be searched for

NET = Network("rails", "10.10.0.0/24", "fd00:10::/64")
roles = st.lists(st.text("abcdefghij", min_size=1, max_size=8), unique=True, min_size=1, max_size=13)


def test_gateway_and_spare() -> None:
    """
    The first address is the gateway's, and the last sixteenth is for whatever joins without one of its own; of IPv6,
    some addresses behind those that hosts may have.
    """
    assert ("10.10.0.1", "10.10.0.240/28", "fd00:10::1:0/112") == (NET.gateway, *map(spare, NET.subnets))


@pytest.mark.parametrize(
    ("cidr", "most"), [("10.10.0.0/16", 4096), ("10.10.0.0/24", 16), ("10.10.0.0/26", 4), ("10.10.0.0/28", 1)]
)
def test_a_role_gets_a_sixteenth(cidr: str, most: int) -> None:
    """
    A role has room for a sixteenth of its subnet, and no address beyond.
    """
    addresses = choose_addresses(Network("rails", cidr), "web", most + 1, {})

    assert all(addresses[:most])
    assert "" == addresses[most]


@given(roles)
def test_roles_do_not_meet(names: list[str]) -> None:
    """
    Thirteen roles have addresses of their own, none in the blocks that are kept for VIPs and strangers.
    """
    taken: dict[int, str] = {}
    addresses = [address for name in names for address in choose_addresses(NET, name, 16, taken)]

    assert len(set(addresses)) == 16 * len(names)
    assert all(32 <= int(address.rsplit(".", 1)[1]) < 240 for address in addresses)


@given(roles, st.integers(1, 15))
def test_more_hosts_renumber_nothing(names: list[str], count: int) -> None:
    """
    One more host in every role leaves the address of each other one.
    """
    before, after = {}, {}
    few: dict[int, str] = {}
    many: dict[int, str] = {}
    for name in names:
        before[name] = choose_addresses(NET, name, count, few)
        after[name] = choose_addresses(NET, name, count + 1, many)

    assert before == {name: addresses[:count] for name, addresses in after.items()}


def test_no_room_for_a_fourteenth_role() -> None:
    """
    A role that finds no block gets no address, which a rule tells.
    """
    taken = dict.fromkeys(range(2, 15), "other")

    assert [""] == choose_addresses(NET, "web", 1, taken)


REFUSED: Mapping[str, tuple[dict[str, Any], str]] = {
    "cidr_with_host_bits": (
        change(cidr="10.10.0.5/24"),
        "network rails.cidr: must be an IPv4 subnet between /16 and /28, with no host bits set (got '10.10.0.5/24'); write it as 10.10.0.0/24",
    ),
    "cidr_not_an_address": (
        change(cidr="ten.ten"),
        "network rails.cidr: must be an IPv4 subnet between /16 and /28, with no host bits set (got 'ten.ten'); write it as 10.10.0.0/24",
    ),
    "cidr_too_large": (
        change(cidr="10.0.0.0/8"),
        "network rails.cidr: must be an IPv4 subnet between /16 and /28, with no host bits set (got '10.0.0.0/8'); write it as 10.10.0.0/24",
    ),
    "cidr_too_small": (
        change(cidr="10.10.0.0/30"),
        "network rails.cidr: must be an IPv4 subnet between /16 and /28, with no host bits set (got '10.10.0.0/30'); write it as 10.10.0.0/24",
    ),
    "cidr_of_ipv6": (
        change(cidr="fd00::/64"),
        "network rails.cidr: must be an IPv4 subnet between /16 and /28, with no host bits set (got 'fd00::/64'); write it as 10.10.0.0/24",
    ),
    "more_hosts_than_a_block_holds": (
        change(app_hosts=17),
        "host app-17.address: network rails (10.10.0.0/24) has no address left in this role's block; take a larger network: a role gets one sixteenth of it",
    ),
}


@pytest.mark.parametrize(("keywords", "message"), REFUSED.values(), ids=REFUSED)
def test_refused(keywords: dict[str, Any], message: str) -> None:
    """
    A bad input is refused with path, rule, value and remedy.
    """
    assert f"rails: 1 problem; nothing was changed\n  {message}" == told(lambda: rails(**keywords))


def test_a_network_that_is_wrong_is_told_alone() -> None:
    """
    Its addresses are missing everywhere, VIPs included: what follows from that is not told, and warns of nothing.
    """

    def program() -> None:
        net = declare.Network("rails", cidr="10.4.0.0/33")
        app = AppTier("app", hosts=net.hosts("app", 1), server=Thin(app="stacks/rails_app"))
        lb = LoadBalancerTier("lb", hosts=net.hosts("lb", 2), to=app, vip=Vip(net.address(20)))
        ReverseProxyTier("web", hosts=net.hosts("web", 2), to=lb, vip=Vip(net.address(10)))

    rule = "must be an IPv4 subnet between /16 and /28, with no host bits set (got '10.4.0.0/33')"
    (site,) = declare.declared(program)

    assert declare.told(program) == (
        f"rails: 1 problem; nothing was changed\n  network rails.cidr: {rule}; write it as 10.10.0.0/24"
    )
    assert [] == [warning for tier in site.tiers for warning in rules.warnings(site, tier)]
