"""Who sends requests to a tier."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import is_dataclass
from typing import TYPE_CHECKING

from hacomponents.topology.tier import Tier

if TYPE_CHECKING:
    from hacomponents.topology.site import Site


def in_front_of(tier: Tier, site: Site) -> tuple[Tier, ...]:
    """The tiers that send requests to this one, wherever in their settings they name it."""
    return tuple(other for other in site.tiers if any(_names(entry, tier) for entry in vars(other).values()))


def _names(setting: object, tier: Tier) -> bool:
    """Whether a setting is the tier, or leads to it. By its name: secrets are resolved in copies."""
    if isinstance(setting, Tier):
        return setting.name == tier.name
    if isinstance(setting, Mapping):
        return any(_names(entry, tier) for entry in setting.values())
    if isinstance(setting, tuple | list):
        return any(_names(entry, tier) for entry in setting)
    return is_dataclass(setting) and any(_names(entry, tier) for entry in vars(setting).values())
