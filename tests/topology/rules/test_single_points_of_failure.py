"""Tiers that nothing stands in for: a warning each, with its exact text; none of them stops anything."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.topology.declare import warned
from tests.topology.sites import rails

if TYPE_CHECKING:
    from collections.abc import Mapping

# ruff: noqa: E501  # messages are whole, so that they can be searched for

WARNED: Mapping[str, tuple[dict[str, Any], list[str]]] = {
    "the_rails_site": ({}, []),
    "one_balancer": (
        {"lb_hosts": 1, "lb": {"vip": None}},
        [
            'lb.hosts: nothing stands in for lb-1: when it fails, so does the site (got 1); give two hosts, and an address that moves between them: vip=Vip("10.10.0.10")'
        ],
    ),
    "two_balancers_that_nginx_chooses_from": ({"lb": {"vip": None}}, []),
    "one_proxy": (
        {"web_hosts": 1, "web": {"vip": None}},
        [
            'web.hosts: nothing stands in for web-1: when it fails, so does the site (got 1); give two hosts, and an address that moves between them: vip=Vip("10.10.0.10")'
        ],
    ),
    "two_proxies_that_nobody_chooses_from": (
        {"web": {"vip": None}},
        [
            'web.vip: clients reach web-1 only, and no other host stands in for it (got None); give the two hosts an address that moves: vip=Vip("10.10.0.10")'
        ],
    ),
    "one_application_server": (
        {"thin": {"processes": 1}},
        [
            "app.hosts: nothing stands in for app-1-3000: when it fails, so does the site (got 1); give two hosts, or several servers where the application keeps its data on its host"
        ],
    ),
    "one_application_server_on_each_of_two_hosts": ({"thin": {"processes": 1}, "app_hosts": 2}, []),
    "everything_alone": (
        {"lb_hosts": 1, "web_hosts": 1, "thin": {"processes": 1}, "lb": {"vip": None}, "web": {"vip": None}},
        ["app.hosts", "lb.hosts", "web.hosts"],
    ),
}


@pytest.mark.parametrize("name", WARNED)
def test_warned(name: str) -> None:
    """
    A warning names path, rule, value and remedy, once.
    """
    site, warnings = WARNED[name]
    told = warned(lambda: rails(**site))

    assert len(warnings) == len(told), told
    assert all(text.startswith(warning) for text, warning in zip(told, warnings, strict=True)), told
