"""What every tier has in common."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, ClassVar, Protocol, TypeAlias

from hacomponents.errors import Problem
from hacomponents.topology import fields
from hacomponents.topology.network import check_hosts
from hacomponents.topology.vip import Vip

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from hacomponents.topology.network import Host, Network


@dataclass(frozen=True)
class Endpoint:
    """Where a tier answers: one address and port."""

    name: str
    address: str
    port: int


class Reach(Enum):
    """Who may come to a port, beside the host itself and those who manage it."""

    FRONT_OR_CLIENTS = "the tiers in front; where there are none, clients: for tiers that have others behind them"
    FRONT_ONLY = "the tiers in front, and whom the tier itself names"
    PEERS = "the other hosts of the tier"
    NOBODY = "nobody else"


@dataclass(frozen=True)
class Listener:
    """A port that a tier takes on each of its hosts.

    Args:
        path: of the setting, or what it is.
        port: TCP.
        reach: who may come. Default: `Reach.FRONT_OR_CLIENTS`.
        sources: addresses and subnets that may come as well. Default: none.
    """

    path: str
    port: int
    reach: Reach = Reach.FRONT_OR_CLIENTS
    sources: tuple[str, ...] = ()


@dataclass(frozen=True)
class Service:
    """A daemon that must work on a host that holds a VIP.

    Its end is seen at once, and a hang within 3 s by a request to its health URL.

    Args:
        name: in the bundle, such as nginx.
        health: URL on the host itself.
    """

    name: str
    health: str


# Where balancers ask which servers are about to leave (haproxy's agent-check), and a peer what keepalived says it is.
AGENT_CHECK_PORT = 8011
AGENT_CHECK = Listener("the agent's check", AGENT_CHECK_PORT, Reach.NOBODY)


@dataclass(frozen=True)
class Tier:
    """A group of hosts with one role.

    Its properties may rely on its own rules (`check`). But `vip`, `targets`, `endpoints` and `services` are also read
    before any rule is asked.

    Args:
        name: unique in the site.
        hosts: in order of preference.
    """

    name: str
    hosts: tuple[Host, ...]

    speaks_http: ClassVar[bool] = True
    """Whether tiers in front can send it requests of HTTP."""

    @property
    def vip(self) -> Vip | tuple[Vip, ...] | None:
        """What moves between its hosts. Default: nothing."""
        return None

    @property
    def targets(self) -> Mapping[str, TierInput]:
        """The tiers that it sends its requests to, by the path of the setting. Default: none."""
        return {}

    @property
    def endpoints(self) -> tuple[Endpoint, ...]:
        """Where the tier in front sends its requests. Default: nowhere."""
        return ()

    @property
    def listeners(self) -> tuple[Listener, ...]:
        """The ports taken on each host. Default: none."""
        return ()

    @property
    def services(self) -> tuple[Service, ...]:
        """What must work on a host that holds a VIP. Default: nothing."""
        return ()

    def check(self, network: Network) -> Iterator[Problem]:
        """Rules of the tier's own settings.

        Args:
            network: where its hosts stand.
        """
        raise NotImplementedError(network)

    def warnings(self) -> Iterator[Problem]:
        """What is unwise in its own settings, and stops nothing. Default: nothing."""
        return iter(())


class HasTier(Protocol):
    """A component: what a program gives where a tier is wanted. Components replace it by its tier before any rule."""

    @property
    def tier(self) -> Tier:
        """What it declared."""


TierInput: TypeAlias = Tier | HasTier


def tier_of(given: TierInput) -> Tier:
    """The tier that was given, or the one of the component."""
    return given if isinstance(given, Tier) else given.tier


def endpoints(name: str, hosts: tuple[Host, ...], vip: Vip | None, port: int) -> tuple[Endpoint, ...]:
    """The VIP where there is one, else each of the hosts."""
    if isinstance(vip, Vip):
        return (Endpoint(name, vip.address, port),)
    return tuple(Endpoint(host.name, host.address, port) for host in hosts)


def check_speaks_http(path: str, target: object, remedy: str = "pass a tier that does") -> Iterator[Problem]:
    """What is asked by HTTP must answer by it."""
    if isinstance(target, Tier) and not target.speaks_http:
        yield Problem(path, f"{target.name} does not speak HTTP", remedy)


def check_tier(tier: Tier, network: Network) -> Iterator[Problem]:
    """Name and hosts of any tier, its own settings, and that what it sends requests to are tiers."""
    yield from fields.text(
        f"{tier.name}.name", tier.name, fields.NAME, "lower-case letters, digits and hyphens, 30 at most"
    )
    yield from check_hosts(network, tier.hosts)
    if not tier.hosts:
        yield Problem(f"{tier.name}.hosts", "must hold at least one host", "ask the network for one", 0)
    yield from tier.check(network)
    for path, target in tier.targets.items():
        if not isinstance(target, Tier):
            yield Problem(path, "must be a tier", "pass the tier behind, not its name or address", target)
