"""What a host keeps: folders that must outlive its releases and its machine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hacomponents.render.server.place import Place
from hacomponents.topology.app import App

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hacomponents.topology.tier import Tier


def kept(tiers: Iterable[Tier]) -> dict[str, str]:
    """The folders by the names of their tiers, sorted.

    An application writes in its own alone, sessions of PHP included. All else outside of /run is a release, comes with
    the next push, as secrets do, or is a log; Varnish and memcached keep theirs in memory.

    Args:
        tiers: of one host.
    """
    return dict(sorted((tier.name, Place(tier).state) for tier in tiers if isinstance(tier, App)))
