"""Bad inputs to the caches: one line a rule, with its exact message."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from hacomponents import AppTier, CacheTier, Cookie, LoadBalancerTier, MemcachedTier, Probe, ReverseProxyTier, Thin
from tests.topology.declare import Network, told

if TYPE_CHECKING:
    from collections.abc import Mapping

# ruff: noqa: E501  # messages are whole, so that they can be searched for


def cached(
    *, balancer: Mapping[str, Any] | None = None, pages: Mapping[str, Any] | None = None, **settings: Any
) -> None:
    """A site with both caches, whose keywords a row changes; of any type, since wrong types are among them."""
    net = Network("rails", cidr="10.10.0.0/24")
    boxes = net.hosts("app", 1)
    MemcachedTier("pages", hosts=net.hosts("pages", 2), **{"clients": [boxes], **(pages or {})})
    app = AppTier("app", hosts=boxes, server=Thin("stacks/rails_app"))
    lb = LoadBalancerTier("lb", hosts=net.hosts("lb", 2), to=app, **{"cookie": None, **(balancer or {})})
    cache = CacheTier("cache", hosts=net.hosts("cache", 2), to=lb, **{"purge": [boxes, "10.10.0.0/28"], **settings})
    ReverseProxyTier("web", hosts=net.hosts("web", 2), to=cache)


REFUSED: Mapping[str, tuple[dict[str, Any], str]] = {
    "cache_port": (
        {"port": 0},
        "cache.port: must be a whole number between 1 and 65535 (got 0); give one in that range",
    ),
    "cache_port_of_the_health_check": (
        {"port": 8013},
        "cache.port: 8013 is taken on the same host by the health check of Varnish; choose another port",
    ),
    "cache_port_of_the_management": (
        {"port": 6082},
        "cache.port: 6082 is taken on the same host by the management port of Varnish; choose another port",
    ),
    "storage_without_a_unit": (
        {"storage": "256"},
        "cache.storage: must be a size such as 256m or 2g (got '256'); change it to that shape",
    ),
    "storage_of_another_kind": (
        {"storage": "file,/srv/cache"},
        "cache.storage: must be a size such as 256m or 2g (got 'file,/srv/cache'); change it to that shape",
    ),
    "default_ttl_below_zero": (
        {"default_ttl": -1},
        "cache.default_ttl: must be a number of seconds between 0 and 3.1536e+07 (got -1); give one in that range",
    ),
    "default_grace_with_a_unit": (
        {"default_grace": "1h"},
        "cache.default_grace: must be a number of seconds between 0 and 3.1536e+07 (got '1h'); give one in that range",
    ),
    "connect_timeout": (
        {"connect_timeout": 0},
        "cache.connect_timeout: must be a number of seconds between 0.1 and 86400 (got 0); give one in that range",
    ),
    "first_byte_timeout": (
        {"first_byte_timeout": None},
        "cache.first_byte_timeout: must be a number of seconds between 0.1 and 86400 (got None); give one in that range",
    ),
    "between_bytes_timeout": (
        {"between_bytes_timeout": 86401},
        "cache.between_bytes_timeout: must be a number of seconds between 0.1 and 86400 (got 86401); give one in that range",
    ),
    "probe_of_another_kind": (
        {"probe": "/up"},
        "cache.probe: must be a Probe (got '/up'); write Probe(...)",
    ),
    "probe_of_a_whole_url": (
        {"probe": Probe("http://10.10.0.20/up")},
        "cache.probe.url: must be a path such as /up (got 'http://10.10.0.20/up'); change it to that shape",
    ),
    "probe_interval": (
        {"probe": Probe(interval=0)},
        "cache.probe.interval: must be a number of seconds between 0.1 and 3600 (got 0); give one in that range",
    ),
    "probe_timeout": (
        {"probe": Probe(timeout=True)},
        "cache.probe.timeout: must be a number of seconds between 0.1 and 3600 (got True); give one in that range",
    ),
    "probe_window": (
        {"probe": Probe(window=65)},
        "cache.probe.window: must be a whole number between 1 and 64 (got 65); give one in that range",
    ),
    "probe_threshold_that_is_never_met": (
        {"probe": Probe(window=3, threshold=4)},
        "cache.probe.threshold: must be a whole number between 1 and 3 (got 4); give one in that range",
    ),
    "purge_of_a_name": (
        {"purge": ["localhost"]},
        "cache.purge[0]: must be an address or a subnet such as 10.10.0.0/24 (got 'localhost'); correct it",
    ),
    "purge_with_host_bits": (
        {"purge": ["10.10.0.2", "10.10.0.5/24"]},
        "cache.purge[1]: must be an address or a subnet such as 10.10.0.0/24 (got '10.10.0.5/24'); correct it",
    ),
    "purge_is_not_a_list": (
        {"purge": "10.10.0.2"},
        "cache.purge: must be a list of addresses and subnets (got '10.10.0.2'); write [\"10.10.0.0/24\"]",
    ),
    "vcl_that_closes_nothing": (
        {"extra_config": "}"},
        "cache.extra_config: must not hold a '}' that ends nothing of its own (got '}'); write whole statements",
    ),
    "vcl_with_c": (
        {"extra_config": "sub vcl_recv { C{ exit(0); }C }"},
        "cache.extra_config: must close its quotes and comments, and hold no C (got 'sub vcl_recv { C{ exit(0); }C }'); write whole statements",
    ),
    "vcl_with_an_open_comment": (
        {"extra_config": "/* import std;"},
        "cache.extra_config: must close its quotes and comments, and hold no C (got '/* import std;'); write whole statements",
    ),
    "vcl_with_an_open_block": (
        {"extra_config": "sub vcl_recv {"},
        "cache.extra_config: must end its last statement by ';' and close its blocks (got 'sub vcl_recv {'); write whole statements",
    ),
    "a_cookie_in_every_answer": (
        {"balancer": {"cookie": Cookie("SRV")}},
        "cache.to: lb inserts SRV into every answer, so that none would ever be cached; give lb cookie=None or another stickiness, or leave it out",
    ),
    "memcached_port": (
        {"pages": {"port": "11211"}},
        "pages.port: must be a whole number between 1 and 65535 (got '11211'); give one in that range",
    ),
    "memcached_memory_limit_with_a_unit": (
        {"pages": {"memory_limit": "64m"}},
        "pages.memory_limit: must be a whole number between 1 and 1000000 (got '64m'); give one in that range",
    ),
    "memcached_clients": (
        {"pages": {"clients": ["everybody"]}},
        "pages.clients[0]: must be an address or a subnet such as 10.10.0.0/24 (got 'everybody'); correct it",
    ),
}


@pytest.mark.parametrize("row", REFUSED)
def test_refused(row: str) -> None:
    """
    The wrong setting is named with its rule and remedy.
    """
    settings, message = REFUSED[row]

    assert f"rails: 1 problem; nothing was changed\n  {message}" == told(lambda: cached(**settings))


def test_a_good_site_is_not_refused() -> None:
    """
    The site that every row above changes in one place is itself accepted.
    """
    assert "" == told(cached)


def test_a_cookie_that_the_application_sets_anyway() -> None:
    """
    A balancer may put its server's name before the application's own cookie: answers without one are cached.
    """
    assert "" == told(lambda: cached(balancer={"cookie": Cookie("JSESSIONID", mode="prefix")}))
