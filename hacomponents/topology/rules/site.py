"""What the tiers of a site share: names, hosts, addresses, daemons and ports, each of which has one owner."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hacomponents.errors import Problem
from hacomponents.topology.pair import Pair

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from hacomponents.topology.site import Site
    from hacomponents.topology.tier import Listener, Tier


def problems(site: Site, tiers: Sequence[Tier]) -> Iterator[Problem]:
    """What has two owners.

    Args:
        site: the whole.
        tiers: those of it that are right by themselves.
    """
    yield from _check_names(site)
    yield from _check_hosts(site)
    yield from _check_daemons(site)
    yield from _check_ports(tiers)


def _check_names(site: Site) -> Iterator[Problem]:
    seen: set[str] = set()
    for tier in site.tiers:
        if tier.name in seen:
            yield Problem(f"{tier.name}.name", "is the name of two tiers", "rename one of them")
        seen.add(tier.name)


def _check_hosts(site: Site) -> Iterator[Problem]:
    groups: dict[str, Tier] = {}
    addresses: dict[str, str] = {}
    # A pair stands on the hosts of tiers, or alone.
    for tier in (tier for tier in site.tiers if not isinstance(tier, Pair)):
        for host in tier.hosts:
            other = groups.setdefault(host.name, tier)
            if other.hosts != tier.hosts:
                remedy = f"give {tier.name} hosts of its own, or the same hosts as {other.name}"
                yield Problem(f"{tier.name}.hosts", f"host {host.name} already belongs to {other.name}", remedy)
            owner = addresses.setdefault(host.address, host.name) if host.address else host.name
            if owner != host.name:
                rule = f"address {host.address} already belongs to {owner}"
                yield Problem(f"host {host.name}.address", rule, f"give {host.name} an address of its own")


def _check_daemons(site: Site) -> Iterator[Problem]:
    """A daemon has one file on a host: two tiers of a kind cannot share it."""
    seen: dict[tuple[str, str], str] = {}
    for tier in site.tiers:
        for service in tier.services:
            for host in tier.hosts[:1]:
                owner = seen.setdefault((host.name, service.name), tier.name)
                if owner != tier.name:
                    rule = f"{service.name} of {owner} already runs on host {host.name}"
                    yield Problem(f"{tier.name}.hosts", rule, f"give {tier.name} hosts of its own")


def _check_ports(tiers: Sequence[Tier]) -> Iterator[Problem]:
    owners: dict[tuple[str, int], Listener] = {}
    for tier in tiers:
        for listener in tier.listeners:
            # The hosts of a tier are all alike.
            for host in tier.hosts[:1]:
                owner = owners.setdefault((host.name, listener.port), listener)
                if owner.path != listener.path:
                    rule = f"{listener.port} is taken on the same host by {owner.path}"
                    yield Problem(listener.path, rule, "choose another port")
