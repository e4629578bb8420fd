"""Cache tiers with a text in every field that may have one; each text that is rendered is its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hacomponents.topology.cache import Cache, Probe
from hacomponents.topology.memcached import Memcached
from hacomponents.topology.network import Host

if TYPE_CHECKING:
    from hacomponents.topology.tier import Tier


def caches(behind: Tier, extra_config: str) -> tuple[Cache, Memcached]:
    """Varnish and memcached.

    Args:
        behind: the cache.
        extra_config: for Varnish.
    """
    varnish = Cache(
        "cachetier",
        (Host("hostvarnish-1", "10.10.0.180"), Host("hostvarnish-2", "10.10.0.181")),
        behind,
        storage="77m",
        probe=Probe("/probe7"),
        purge=("10.10.7.16/28",),
        extra_config=extra_config,
    )
    pages = Memcached("pagestier", (Host("hostmemcached-1", "10.10.0.190"),), clients=("10.10.7.32/28",))
    return (varnish, pages)
