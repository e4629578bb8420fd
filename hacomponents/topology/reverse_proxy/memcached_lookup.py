"""Pages that memcached has, which a virtual host need not ask anybody else for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from hacomponents.errors import Problem
from hacomponents.topology import fields
from hacomponents.topology.memcached import Memcached
from hacomponents.topology.reverse_proxy.balance_method import KEY, KEY_SHAPE
from hacomponents.topology.tier import Tier, tier_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hacomponents.topology.tier import TierInput


@dataclass(frozen=True)
class MemcachedLookup:
    """A GET or HEAD whose key memcached has is answered from there; any other request goes to the tier behind.

    So does every request while memcached is dead. Whoever puts a page there decides that it is the same for everybody,
    with or without cookies. nginx writes `%` in a key as `%25`, and a blank as `%20`.

    Args:
        to: the memcached tier.
        key: text with variables of nginx; 250 bytes are the most that memcached takes. Default: $host$request_uri.
    """

    to: TierInput
    key: str = "$host$request_uri"

    @property
    def behind(self) -> Tier:
        """The tier that `to` stands for."""
        return tier_of(self.to)

    def check(self, path: str) -> Iterator[Problem]:
        """Rules of the lookup."""
        if isinstance(self.to, Tier) and not isinstance(self.to, Memcached):
            yield Problem(f"{path}.to", f"{self.to.name} is no memcached tier", "pass a MemcachedTier")
        yield from fields.text(f"{path}.key", self.key, KEY, KEY_SHAPE)
