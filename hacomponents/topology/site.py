"""A whole site: one network and the tiers on it, and the rules that hold between them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from hacomponents.errors import Problem
from hacomponents.topology.app import App
from hacomponents.topology.load_balancer.source import check_source
from hacomponents.topology.network import check_network
from hacomponents.topology.pair import Pair
from hacomponents.topology.pairs import check_pairs, check_skew
from hacomponents.topology.proxy_protocol import check_believed, check_speaker
from hacomponents.topology.standby import check_standby
from hacomponents.topology.tier import Tier, check_target, check_tier, targets
from hacomponents.topology.unasked import check_unasked

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hacomponents.topology.network import Host, Network
    from hacomponents.topology.tier import Listener, Service


@dataclass(frozen=True)
class Site:
    """One network and everything on it.

    Args:
        name: for messages and the banners of files.
        network: where all hosts stand.
        tiers: in the order of the program.
    """

    name: str
    network: Network
    tiers: tuple[Tier, ...]

    def problems(self) -> Iterator[Problem]:
        """All problems, the network's first, then each tier's, then those between them."""
        yield from check_network(self.network)
        for tier in self.tiers:
            yield from check_tier(tier, self.network)
            for path, target in targets(tier).items():
                yield from check_target(path, tier.name, target)
                yield from self._check_link(path, tier, target)
                yield from check_speaker(path, tier, target)
            yield from check_believed(tier, self)
        yield from self._check_names()
        yield from self._check_hosts()
        yield from self._check_daemons()
        yield from check_pairs(self)
        yield from self._check_ports()

    def warnings(self, tier: Tier) -> Iterator[Problem]:
        """What is unwise in a tier, and stops nothing."""
        yield from check_standby(tier, self)
        yield from check_skew(tier, self)
        yield from check_source(tier, self)
        yield from check_unasked(tier, self)
        if isinstance(tier, App):
            yield from tier.warnings()

    def _check_link(self, path: str, tier: Tier, target: object) -> Iterator[Problem]:
        """A tier reaches what stands on its own network, and nothing else leads anywhere."""
        if not isinstance(target, Tier):
            return  # a rule says so
        for other in sorted({host.network for host in target.hosts} - {"", self.network.name}):
            rule = (
                f"{target.name} stands on network {other}, out of reach for {tier.name} on network {self.network.name}"
            )
            yield Problem(path, rule, "take the hosts of both from one network")

    def _check_names(self) -> Iterator[Problem]:
        seen: set[str] = set()
        for tier in self.tiers:
            if tier.name in seen:
                yield Problem(f"{tier.name}.name", "is the name of two tiers", "rename one of them")
            seen.add(tier.name)

    def _check_hosts(self) -> Iterator[Problem]:
        groups: dict[str, Tier] = {}
        addresses: dict[str, str] = {}
        for tier in self._roles():
            for host in tier.hosts:
                other = groups.setdefault(host.name, tier)
                if other.hosts != tier.hosts:
                    remedy = f"give {tier.name} hosts of its own, or the same hosts as {other.name}"
                    yield Problem(f"{tier.name}.hosts", f"host {host.name} already belongs to {other.name}", remedy)
                if host.address:
                    yield from _claim(addresses, host.address, host.name, f"host {host.name}.address", "address")

    def _check_daemons(self) -> Iterator[Problem]:
        """A daemon has one file on a host: two tiers of a kind cannot share it."""
        seen: dict[tuple[str, str], str] = {}
        for tier in self.tiers:
            for service in tier.services:
                for host in tier.hosts[:1]:
                    owner = seen.setdefault((host.name, service.name), tier.name)
                    if owner != tier.name:
                        rule = f"{service.name} of {owner} already runs on host {host.name}"
                        yield Problem(f"{tier.name}.hosts", rule, f"give {tier.name} hosts of its own")

    def _check_ports(self) -> Iterator[Problem]:
        owners: dict[tuple[str, int], Listener] = {}
        for tier in self.tiers:
            for listener in tier.listeners:
                # The hosts of a tier are all alike.
                for host in tier.hosts[:1]:
                    owner = owners.setdefault((host.name, listener.port), listener)
                    if owner.path != listener.path:
                        rule = f"{listener.port} is taken on the same host by {owner.path}"
                        yield Problem(listener.path, rule, "choose another port")

    def _roles(self) -> Iterator[Tier]:
        """What serves: a pair stands on the hosts of tiers, or alone."""
        return (tier for tier in self.tiers if not isinstance(tier, Pair))

    def tiers_of(self, host: Host) -> tuple[Tier, ...]:
        """The tiers that a host belongs to, in the order of the program."""
        return tuple(tier for tier in self.tiers if host in tier.hosts)

    def services_of(self, host: Host) -> tuple[Service, ...]:
        """What must work on a host that holds a VIP, whichever tier it belongs to."""
        return tuple(service for tier in self.tiers_of(host) for service in tier.services)


def _claim(owners: dict[str, str], thing: str, owner: str, path: str, kind: str) -> Iterator[Problem]:
    if owners.setdefault(thing, owner) != owner:
        yield Problem(path, f"{kind} {thing} already belongs to {owners[thing]}", f"give {owner} a {kind} of its own")
