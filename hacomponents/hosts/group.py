"""The seam between components and the places where hosts come from."""

from collections.abc import Sequence
from typing import Protocol, cast, runtime_checkable

import pulumi

from hacomponents.declaration import Declaration
from hacomponents.topology.network import Host


@runtime_checkable
class HostGroup(Protocol):
    """The hosts of one role, in order of preference.

    Docker, SSH and virtual machines differ in what is behind this, and in nothing else.
    """

    @property
    def declaration(self) -> Declaration:
        """The site that the hosts belong to."""

    @property
    def hosts(self) -> tuple[Host, ...]:
        """Names and addresses."""

    @property
    def pushes(self) -> Sequence[pulumi.Resource]:
        """The resources that are done when every host serves its bundle; empty before `provision`."""

    def name_of(self, component: str) -> str:
        """The Pulumi name of a component on these hosts, unique in a program with several sites."""

    def follow(self, other: "HostGroup") -> None:
        """Push to these hosts only after all pushes to the other group.

        Of no effect after `provision`: hosts that are in front of others and behind them have no order.
        """

    def provision(self, name: str, options: pulumi.ResourceOptions | None) -> None:
        """Create the hosts and push their bundles, one host after the other, the first host last.

        Asked for again, it creates nothing twice: several tiers may share hosts. What is created depends neither on
        who asks nor on who asks first.

        Args:
            name: of the tier or pair that asks.
            options: of it; what they say to its hosts must be said by all who share them.
        """

    def settle(self, parent: pulumi.ComponentResource, name: str, replaced: Sequence[str] = ()) -> None:
        """After both hosts of a pair were created or replaced, bring the VIP to the first of them.

        Args:
            parent: of the resource.
            name: of the resource.
            replaced: addresses whose place others take: the second host, which is told first, holds those by then.
        """


def addresses(sources: Sequence[HostGroup | str]) -> Sequence[str]:
    """Addresses and subnets, with its hosts' addresses in a group's place; what is wrong, a rule tells."""
    if not isinstance(sources, list | tuple):
        return cast("Sequence[str]", sources)
    groups = ([host.address for host in each.hosts] if isinstance(each, HostGroup) else [each] for each in sources)
    return tuple(address for group in groups for address in group)
