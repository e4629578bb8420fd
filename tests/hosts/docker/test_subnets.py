"""The subnets of a network that exists."""

from __future__ import annotations

import pytest

from hacomponents.hosts.docker.subnets import differences
from hacomponents.topology.network import Network

V4, V6 = "10.10.0.0/24", "fd00:10::/64"
REMEDY = "leave it as it is, or move to a second stack beside this one (docs/how-to/subnets.md)"


def refused(setting: str, now: str, given: str) -> str:
    """The whole message."""
    rule = f"cannot change while the network is up: it has {now}, and all hosts are on it"
    return f"network rails.{setting}: {rule} (got '{given}'); {REMEDY}"


@pytest.mark.parametrize(
    ("network", "subnets", "messages"),
    [
        (Network("rails", V4), [V4], []),
        (Network("rails", V4, V6), [V6, V4], []),
        (Network("rails", V4, V6), [V4], [refused("cidr6", "none", V6)]),
        (Network("rails", V4), [V4, V6], [refused("cidr6", V6, "")]),
        (Network("rails", V4, "fd00:11::/64"), [V4, V6], [refused("cidr6", V6, "fd00:11::/64")]),
        (Network("rails", "10.11.0.0/24"), [V4], [refused("cidr", V4, "10.11.0.0/24")]),
        (
            Network("rails", "10.10.0.0/23", V6),
            [V4],
            [refused("cidr", V4, "10.10.0.0/23"), refused("cidr6", "none", V6)],
        ),
        # What is no subnet has a rule of its own.
        (Network("rails", "10.10.0", "fd00"), [V4, V6], []),
    ],
)
def test_subnets_stay(network: Network, subnets: list[str], messages: list[str]) -> None:
    """
    A setting that differs from the network that is up is refused, with what that has.
    """
    assert messages == [str(problem) for problem in differences(network, subnets)]
