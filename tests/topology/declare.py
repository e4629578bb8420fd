"""Programs that declare sites, without Pulumi behind them: the same components, and no resource of any."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import pulumi

from hacomponents.errors import TopologyError
from hacomponents.hosts.group import HostGroup
from hacomponents.inputs import secrets
from hacomponents.inputs.certificates import certificate
from hacomponents.topology import network as topology
from hacomponents.topology import rules
from hacomponents.topology.certificate import CERTIFICATE
from hacomponents.topology.firewall import DEFAULT
from hacomponents.topology.site import Site

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from hacomponents.topology.tier import Tier

KEY = "0" * 64
_networks: list[Network] = []
"""Those of the program that runs."""


class Network:
    """Where hosts stand, as `hacomponents.docker.Network`; keeps the tiers that components declare on it."""

    def __init__(self, name: str, *, cidr: str, cidr6: str = "", firewall: Any = DEFAULT) -> None:
        self.topology = topology.Network(name, cidr, cidr6, firewall)
        self.tiers: list[Tier] = []
        self._blocks: dict[int, str] = {}
        _networks.append(self)

    @property
    def name(self) -> str:
        """Of the network."""
        return self.topology.name

    def hosts(self, role: str, count: int) -> Any:  # takes the place of a `HostGroup`
        """Hosts for one role."""
        addresses = topology.choose_addresses(self.topology, role, count, self._blocks)
        return Hosts(
            role,
            tuple(
                topology.Host(f"{role}-{number}", address, address6=self.topology.beside(address), network=self.name)
                for number, address in enumerate(addresses, start=1)
            ),
            self,
        )

    def address(self, offset: int) -> str:
        """The address at an offset into the subnet."""
        return self.topology.address(offset)

    def declare(self, tier: Tier, component: pulumi.Resource) -> None:
        """Add a tier."""
        del component
        self.tiers.append(tier)

    @property
    def site(self) -> Site:
        """What was declared, with what the topology may know of each secret and certificate."""
        return Site(self.name, self.topology, tuple(map(_resolved, self.tiers)))


class Hosts(HostGroup):
    """The hosts of one role, of which nothing is created."""

    def __init__(self, role: str, hosts: tuple[topology.Host, ...], network: Any) -> None:
        super().__init__(role, hosts, network, network, network)

    def provision(self, *_: object) -> None:
        """No container."""


def told(program: Callable[[], object]) -> str:
    """The problems of a program as its user is told them; empty where there are none."""
    found = ((site, list(rules.problems(site))) for site in declared(program))
    return "\n".join(str(TopologyError(site.name, problems)) for site, problems in found if problems)


def warned(program: Callable[[], object]) -> list[str]:
    """The warnings of a program, which has no problems."""
    sites = declared(program)
    assert [] == [str(problem) for site in sites for problem in rules.problems(site)]
    return [str(warning) for site in sites for tier in site.tiers for warning in rules.warnings(site, tier)]


def declared(program: Callable[[], object]) -> list[Site]:
    """The sites that a program declares, one a network."""
    _networks.clear()
    with _without_pulumi():
        program()
    return [network.site for network in _networks]


@contextmanager
def _without_pulumi() -> Iterator[None]:
    def nothing(resource: pulumi.ComponentResource, *_: object) -> None:
        resource._childResources = set()  # noqa: SLF001  # as its own constructor does

    with (
        patch.object(pulumi.ComponentResource, "__init__", nothing),
        patch.object(pulumi.ComponentResource, "register_outputs", nothing),
    ):
        yield


def _resolved(tier: Tier) -> Tier:
    known = {
        name: secrets.secret(name, value, KEY)
        for name, value in secrets.inputs_of(tier, tier.name)
        if isinstance(value, str)
    }
    texts = {
        name: certificate(value)
        for name, value in secrets.inputs_of(tier, tier.name, CERTIFICATE)
        if isinstance(value, str)
    }
    return secrets.resolved(tier, tier.name, known, texts)
