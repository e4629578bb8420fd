"""Keywords of the components and fields of the topology are the same list."""

from __future__ import annotations

import dataclasses

import pytest

from hacomponents.components.cache_tier import CacheSettings
from hacomponents.components.load_balancer_tier import LoadBalancerSettings
from hacomponents.components.memcached_tier import MemcachedSettings
from hacomponents.components.reverse_proxy_tier import TierSettings, VirtualHostSettings
from hacomponents.topology.cache import Cache
from hacomponents.topology.load_balancer import LoadBalancer
from hacomponents.topology.memcached import Memcached
from hacomponents.topology.reverse_proxy import ReverseProxy, VirtualHost

NAMED = {"name", "hosts", "to", "virtual_hosts", "vip", "short_form", "clients", "purge"}
"""Keywords that a constructor spells out, and what only the model has."""


@pytest.mark.parametrize(
    ("keywords", "tier"),
    [
        (LoadBalancerSettings, LoadBalancer),
        (TierSettings, ReverseProxy),
        (VirtualHostSettings, VirtualHost),
        (CacheSettings, Cache),
        (MemcachedSettings, Memcached),
    ],
)
def test_every_field_is_a_keyword(keywords: type, tier: type) -> None:
    """
    Each setting of a tier can be given to its component, and no keyword is unknown to the tier.
    """
    assert set(keywords.__annotations__) == {field.name for field in dataclasses.fields(tier)} - NAMED
