"""Balancers that choose by the address of the tier in front, the same for all clients: a warning."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from hacomponents import Hdr, StickTable
from tests.topology.declare import warned
from tests.topology.sites import rails

if TYPE_CHECKING:
    from collections.abc import Mapping

RULE = "is the address of web, the same for every client: one server gets them all"
REMEDY = 'write Hdr("X-Real-IP"), which the tier in front sets'


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({"balance": "source"}, [f"lb.balance: {RULE} (got 'source'); {REMEDY}"]),
        ({"stick": StickTable()}, [f"lb.stick.on: {RULE} (got 'src'); {REMEDY}"]),
        ({"balance": Hdr("X-Real-IP")}, []),
    ],
)
def test_address_of_the_tier_in_front(settings: Mapping[str, Any], expected: list[str]) -> None:
    """
    Choosing a server by the address of the tier in front, the same for all clients, is a warning.
    """
    assert expected == warned(lambda: rails(lb=settings))
