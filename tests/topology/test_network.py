"""Addresses are chosen, not discovered."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hacomponents.topology.network import Network, choose_addresses, spare

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
