"""Who may come to which port of a host: what its firewall lets in follows from the whole site."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from hacomponents.topology.pair import Pair
from hacomponents.topology.tier import Reach

if TYPE_CHECKING:
    from hacomponents.topology.firewall import Firewall
    from hacomponents.topology.network import Host
    from hacomponents.topology.site import Site
    from hacomponents.topology.tier import Listener, Tier


@dataclass(frozen=True)
class Opening:
    """Ports of a host that some may come to.

    Args:
        paths: of the ports' settings.
        ports: of TCP.
        sources: addresses and subnets.
    """

    paths: tuple[str, ...]
    ports: tuple[int, ...]
    sources: tuple[str, ...]


def openings(site: Site, host: Host, firewall: Firewall) -> tuple[Opening, ...]:
    """What a host lets in by TCP, in the order of its tiers; ports with the same sources together."""
    each = [
        (sources, listener)
        for tier in site.tiers_of(host)
        for listener in tier.listeners
        if (sources := _sources(site, host, tier, listener, tuple(firewall.clients)))
    ]
    return tuple(_opening(sources, [listener for _, listener in group]) for sources, group in groupby(each, _first))


def peers(site: Site, host: Host) -> tuple[str, ...]:
    """The addresses from which a host takes VRRP."""
    return tuple(address for pair in _pairs(site, host) for address in _addresses(pair.hosts, host))


def serves_only_our_tiers(site: Site, host: Host) -> bool:
    """False for the host of a lone pair: the library does not know its ports."""
    return not all(isinstance(tier, Pair) for tier in site.tiers_of(host))


def _pairs(site: Site, host: Host) -> list[Pair]:
    return [tier for tier in site.tiers_of(host) if isinstance(tier, Pair)]


def _first(both: tuple[tuple[str, ...], Listener]) -> tuple[str, ...]:
    return both[0]


def _opening(sources: tuple[str, ...], listeners: list[Listener]) -> Opening:
    paths = tuple(dict.fromkeys(listener.path for listener in listeners))
    return Opening(paths, tuple(sorted({listener.port for listener in listeners})), sources)


def _sources(site: Site, host: Host, tier: Tier, listener: Listener, clients: tuple[str, ...]) -> tuple[str, ...]:
    """Who may come to a port; nobody but the host itself where it is empty."""
    fronts = site.in_front_of(tier)
    hosts = tuple(other for front in fronts for other in front.hosts)
    match listener.reach:
        case Reach.FRONT_OR_CLIENTS:
            found = _addresses(hosts, host) if fronts else clients
        case Reach.FRONT_ONLY:
            found = _addresses(hosts, host)
        case Reach.PEERS:
            found = _addresses(tier.hosts, host)
        case Reach.NOBODY:
            found = ()
    return tuple(dict.fromkeys((*found, *listener.sources)))


def _addresses(hosts: tuple[Host, ...], own: Host) -> tuple[str, ...]:
    """All addresses of hosts but this one, which reaches itself on loopback."""
    return tuple(address for host in dict.fromkeys(hosts) if host != own for address in host.addresses)
