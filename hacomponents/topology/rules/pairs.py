"""Rules between the pairs of a site: their hosts, addresses, router ids and weights."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hacomponents.errors import Problem
from hacomponents.topology import fields
from hacomponents.topology.pair import Pair
from hacomponents.topology.vip import HIGHEST_PRIORITY, Vrrp2

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from hacomponents.topology.site import Site
    from hacomponents.topology.tier import Tier

# Seconds. A holder without real time, beside busy processes, took up to 11 ms to let go of its VIP (ADR 24).
LEAST_SKEW = 0.02
SAFE_PRIORITY = 200


def problems(site: Site, tiers: Sequence[Tier]) -> Iterator[Problem]:
    """Each pair's VIPs against those of the pairs before it, and against what is watched.

    Args:
        site: the whole.
        tiers: those of it that are right by themselves.
    """
    pairs = [tier for tier in tiers if isinstance(tier, Pair)]
    yield from _check_hosts(pairs)
    yield from _check_addresses(site, pairs)
    yield from _check_router_ids(site, pairs)
    for pair in pairs:
        yield from _check_weight(site, pair)


def _check_hosts(pairs: list[Pair]) -> Iterator[Problem]:
    owners: dict[str, Pair] = {}
    for pair in pairs:
        for host in pair.hosts[:1]:
            other = owners.setdefault(host.name, pair)
            if other is not pair:
                rule = f"host {host.name} already has {other.vip_path}, which watches every tier on its hosts"
                remedy = f"leave it out, or add its address to {other.vip_path}.virtual_ipaddress_excluded"
                yield Problem(pair.vip_path, rule, remedy)


def _check_addresses(site: Site, pairs: list[Pair]) -> Iterator[Problem]:
    hosts = {address: host for tier in site.tiers for host in tier.hosts for address in (host.address, host.address6)}
    owners: dict[str, str] = {}
    for pair in pairs:
        for path, vip in pair.vips.items():
            for address in vip.addresses:
                cidr = site.network.cidr6 if fields.is_ipv6(address) else site.network.cidr
                if address in hosts:
                    rule = f"{address} is the address of host {hosts[address].name}"
                    yield Problem(path, rule, f"take a free address in {cidr}")
                if address in owners:
                    rule, remedy = f"{address} is already in {owners[address]}", f"take another address in {cidr}"
                    if path == f"{owners[address]}.replaces":
                        remedy = f"leave it to {path} until that is gone; what is new is an address that it has not"
                    yield Problem(path, rule, remedy)
                owners.setdefault(address, path)


def _check_router_ids(site: Site, pairs: list[Pair]) -> Iterator[Problem]:
    owners: dict[int, str] = {}
    for pair in pairs:
        for path, vip in pair.vips.items():
            if vip.router_id in owners:
                owner = owners[vip.router_id]
                rule = f"{vip.router_id} is already the virtual_router_id of {owner} on network {site.network.name}"
                yield Problem(f"{path}.virtual_router_id", rule, "give one of them another between 1 and 255")
            owners.setdefault(vip.router_id, path)


def warnings(site: Site, tier: Tier) -> Iterator[Problem]:
    """A peer that takes the VIP sooner than its holder may have let go of it, which works until the holder is busy.

    Args:
        site: the whole.
        tier: one of its own, which is right by itself.
    """
    if not isinstance(tier, Pair):
        return
    vrrp, highest = tier.vrrp, _highest(site, tier)
    skew = vrrp.skew(highest)
    if skew < LEAST_SKEW:
        rule = (
            f"has the peer take the VIP {skew * 1000:.1f} ms after its holder's last advert; a busy holder needs longer"
            " to let go of it, and both have it meanwhile"
        )
        lower = highest - SAFE_PRIORITY
        first, second = (max(1, each - lower) for each in vrrp.priority)
        remedy = f"lower both, such as to ({first}, {second}); that moves no VIP"
        yield Problem(f"{next(iter(tier.vips))}.vrrp.priority", rule, remedy, vrrp.priority)


def _checks(site: Site, pair: Pair) -> int:
    return len(pair.tracks) + sum(len(site.services_of(host)) for host in pair.hosts[:1])


def _highest(site: Site, pair: Pair) -> int:
    """The first host's priority while all that is watched works: each check that succeeds adds the weight once."""
    weight = pair.vrrp.weight if isinstance(pair.vrrp, Vrrp2) else 0
    return pair.vrrp.priority[0] + weight * _checks(site, pair)


def _check_weight(site: Site, pair: Pair) -> Iterator[Problem]:
    vrrp, path = pair.vrrp, f"{next(iter(pair.vips))}.vrrp.weight"
    if not isinstance(vrrp, Vrrp2) or not vrrp.weight:
        return
    checks, highest = _checks(site, pair), _highest(site, pair)
    if not checks:
        yield Problem(path, "never fails over: nothing is watched", "track something, or leave it out", vrrp.weight)
    elif highest > HIGHEST_PRIORITY:
        rule = f"lifts the priority to {highest}, and {HIGHEST_PRIORITY} is the highest (services watched: {checks})"
        yield Problem(path, rule, "lower the priorities", vrrp.weight)
