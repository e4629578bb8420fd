"""What a tier asks of the tiers behind it: one line a rule, with its exact message."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from hacomponents import AppTier, Backend, LoadBalancerTier, ReverseProxyTier, Thin, Vip
from hacomponents.topology import rules
from hacomponents.topology.cache import Cache
from hacomponents.topology.network import Host
from hacomponents.topology.network import Network as Link
from hacomponents.topology.pair import Pair
from hacomponents.topology.site import Site
from tests.topology.declare import Network, told

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

# ruff: noqa: E501  # messages are whole, so that they can be searched for

THIN = Thin(app="stacks/rails_app", processes=2)


def site(settings: Callable[[AppTier], dict[str, Any]]) -> LoadBalancerTier:
    """A balancer in front of `app`; what it has beside that may be in front of `api`."""
    net = Network("net", cidr="10.10.0.0/24")
    app = AppTier("app", hosts=net.hosts("app", 2), server=THIN)
    api = AppTier("api", hosts=net.hosts("api", 2), server=THIN)
    return LoadBalancerTier("lb", hosts=net.hosts("lb", 2), to=app, vip=Vip("10.10.0.20"), **settings(api))


def own(**settings: Any) -> Callable[[AppTier], dict[str, Any]]:
    """Settings of the tier itself."""
    return lambda _: settings


def further(*conditions: Mapping[str, Any], **settings: Any) -> Callable[[AppTier], dict[str, Any]]:
    """Backends with `api` behind them, and settings of the tier itself."""
    return lambda api: {**settings, "backends": [Backend(**{"to": api, **each}) for each in conditions]}


REFUSED: Mapping[str, tuple[Callable[[AppTier], dict[str, Any]], str]] = {
    "weight_of_nobody": (
        own(weights={"app-3": 2}),
        "lb.weights['app-3']: is no host or server of app (got 'app-3'); take one of app-1, app-1-3000, app-1-3001, app-2, app-2-3000, app-2-3001",
    ),
    "drain_of_nobody": (
        own(drain=["app-2-3002"]),
        "lb.drain[0]: is no host or server of app (got 'app-2-3002'); take one of app-1, app-1-3000, app-1-3001, app-2, app-2-3000, app-2-3001",
    ),
    "drain_of_everybody": (
        own(drain=["app-1", "app-2-3000", "app-2-3001"]),
        "lb.drain: leaves no server for new clients (got ['app-1', 'app-2-3000', 'app-2-3001']); keep at least one",
    ),
    "backend_with_a_wrong_setting": (
        further({"port": 81, "drain": ["app-1"]}),
        "lb.backends[0].drain[0]: is no host or server of api (got 'app-1'); take one of api-1, api-1-3000, api-1-3001, api-2, api-2-3000, api-2-3001",
    ),
}


@pytest.mark.parametrize(("settings", "message"), REFUSED.values(), ids=REFUSED)
def test_refused(settings: Callable[[AppTier], dict[str, Any]], message: str) -> None:
    """
    A bad input is refused with path, rule, value and remedy.
    """
    assert f"net: 1 problem; nothing was changed\n  {message}" == told(partial(site, settings))


def test_a_pair_serves_nothing() -> None:
    """
    What a lone pair serves is not known, so nothing can be in front of it.
    """
    hosts = (Host("db-1", "10.10.0.40"), Host("db-2", "10.10.0.41"))
    pair = Pair("db", hosts, Vip("10.10.0.10"))
    cache = Cache("cache", (Host("cache-1", "10.10.0.50"),), pair)

    assert ["cache.to: db serves nothing that cache could reach; pass a tier with a port"] == [
        str(problem) for problem in rules.problems(Site("net", Link("net", "10.10.0.0/24"), (pair, cache)))
    ]


def test_a_tier_on_another_network() -> None:
    """
    A tier reaches what stands on its own network, and nothing else.
    """

    def program() -> None:
        outside, inside = (Network(name, cidr=f"10.{number}.0.0/24") for number, name in ((40, "dmz"), (41, "inside")))
        app = AppTier("app", hosts=inside.hosts("app", 2), server=Thin(app="stacks/rails_app", processes=1))
        ReverseProxyTier("web", hosts=outside.hosts("web", 2), to=app, vip=Vip(outside.address(10)))

    assert told(program).splitlines() == [
        "dmz: 1 problem; nothing was changed",
        (
            "  web.to: app stands on network inside, out of reach for web on network dmz; "
            "take the hosts of both from one network"
        ),
    ]
