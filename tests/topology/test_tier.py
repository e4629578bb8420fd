"""What a tier is, and names and hosts that are refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from hacomponents.topology.app import App
from hacomponents.topology.memcached import Memcached
from hacomponents.topology.network import Network
from hacomponents.topology.pair import Pair
from hacomponents.topology.server import Folder, Thin
from hacomponents.topology.tier import Tier
from hacomponents.topology.vip import Vip
from tests.topology.declare import told
from tests.topology.sites import change, rails

if TYPE_CHECKING:
    from collections.abc import Mapping

# ruff: noqa: E501  # messages are whole, so that they can be searched for

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


REFUSED: Mapping[str, tuple[dict[str, Any], str]] = {
    "no_hosts": (change(app_hosts=0), "app.hosts: must hold at least one host (got 0); ask the network for one"),
    "tier_name_upper_case": (
        change(app_name="App"),
        "App.name: must be lower-case letters, digits and hyphens, 30 at most (got 'App'); change it to that shape",
    ),
    "tier_name_with_newline": (
        change(app_name="app\nuser root"),
        "app\\nuser root.name: must be lower-case letters, digits and hyphens, 30 at most (got 'app\\nuser root'); change it to that shape",
    ),
    "tier_name_with_braces": (
        change(app_name="app{}"),
        "app{}.name: must be lower-case letters, digits and hyphens, 30 at most (got 'app{}'); change it to that shape",
    ),
    "no_proxy_hosts": (
        change(web_hosts=0, web={"vip": None}),
        "web.hosts: must hold at least one host (got 0); ask the network for one",
    ),
}


@pytest.mark.parametrize(("keywords", "message"), REFUSED.values(), ids=REFUSED)
def test_refused(keywords: dict[str, Any], message: str) -> None:
    """
    A bad input is refused with path, rule, value and remedy.
    """
    assert f"rails: 1 problem; nothing was changed\n  {message}" == told(lambda: rails(**keywords))
