"""What a tier is."""

from __future__ import annotations

from typing import Any

import pytest

from hacomponents.topology.app import App
from hacomponents.topology.memcached import Memcached
from hacomponents.topology.network import Network
from hacomponents.topology.pair import Pair
from hacomponents.topology.server import Folder, Thin
from hacomponents.topology.tier import Tier
from hacomponents.topology.vip import Vip

APP = App("app", (), Thin("rack"), Folder("rack", {}))


class Anything:
    """Has every attribute, as an Output of Pulumi has."""

    def __getattr__(self, name: str) -> Any:
        return name


@pytest.mark.parametrize("given", [Anything(), "app", None, Network("net", "10.10.0.0/24")])
def test_no_tier(given: object) -> None:
    """
    An object is a tier by its class, whatever attributes it has.
    """
    assert not isinstance(given, Tier)


@pytest.mark.parametrize("tier", [APP, Memcached("pages", ()), Pair("db", (), Vip("10.10.0.10"))])
def test_defaults(tier: Tier) -> None:
    """
    What has neither a VIP of its own nor tiers behind it says so, without being asked whether it could.
    """
    assert {} == tier.targets
    assert () == tier.services
    assert tier.vip is None or isinstance(tier, Pair)
