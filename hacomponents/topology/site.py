"""A whole site: one network and the tiers on it, and who asks whom there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from hacomponents.topology.tier import Tier
from hacomponents.topology.vip import Vip

if TYPE_CHECKING:
    from hacomponents.topology.network import Host, Network
    from hacomponents.topology.tier import Service


@dataclass(frozen=True)
class Site:
    """One network and everything on it. What it must keep to is in `rules`.

    Args:
        name: for messages and the banners of files.
        network: where all hosts stand.
        tiers: in the order of the program.
    """

    name: str
    network: Network
    tiers: tuple[Tier, ...]

    def tiers_of(self, host: Host) -> tuple[Tier, ...]:
        """The tiers that a host belongs to, in the order of the program."""
        return tuple(tier for tier in self.tiers if host in tier.hosts)

    def services_of(self, host: Host) -> tuple[Service, ...]:
        """What must work on a host that holds a VIP, whichever tier it belongs to."""
        return tuple(service for tier in self.tiers_of(host) for service in tier.services)

    def in_front_of(self, tier: Tier) -> tuple[Tier, ...]:
        """The tiers that send requests to this one; none where clients do."""
        return tuple(other for other in self.tiers if tier.name in _behind(other))

    def believed_by(self, tier: Tier) -> tuple[str, ...]:
        """The addresses from which the tiers in front ask: their word on clients is taken, and nobody else's."""
        hosts = {host for front in self.in_front_of(tier) for host in front.hosts}
        # Of a connection to a VIP on the same host, both ends have it.
        own = tier.vip.served if isinstance(tier.vip, Vip) and hosts.intersection(tier.hosts) else ()
        return tuple(sorted({*own, *(address for host in hosts for address in host.addresses)}))


def _behind(tier: Tier) -> set[str]:
    """Names of the tiers that it asks: what a setting holds may be a copy whose secrets are not resolved."""
    return {target.name for target in tier.targets.values() if isinstance(target, Tier)}
