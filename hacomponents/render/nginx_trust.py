"""Whose word on a client nginx takes."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hacomponents.topology.reverse_proxy import ReverseProxy


@dataclass(frozen=True)
class Trust:
    """Tiers in front, and proxies outside of the site.

    Args:
        tier: of nginx.
        front: the addresses of the tiers in front of it.
    """

    tier: ReverseProxy
    front: tuple[str, ...]

    @property
    def of_address(self) -> tuple[str, ...]:
        """Who is believed what a client's address is; by PROXY, or by a header."""
        return _each_once((*self.front, *self.tier.trusted_proxies))

    @property
    def of_protocol(self) -> tuple[str, ...]:
        """Who is believed how a client came; by a header, which one that speaks PROXY may pass on from a client."""
        return self.front if self.tier.proxy_protocol else self.of_address


def _each_once(networks: tuple[str, ...]) -> tuple[str, ...]:
    """Nginx warns of a network that it is told twice."""
    return tuple({ipaddress.ip_network(network): network for network in reversed(networks)}.values())[::-1]
