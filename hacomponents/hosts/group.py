"""The hosts of one role: the seam between components and the places where hosts come from."""

from collections.abc import Callable, Sequence
from typing import cast

import pulumi

from hacomponents.declaration import Declaration
from hacomponents.hosts.former import aliases
from hacomponents.hosts.options import Options, check_alike, formerly, handed_on
from hacomponents.hosts.rollout import Machine, RollOut
from hacomponents.topology.network import Host

MakeMachine = Callable[[Host, Sequence[pulumi.Resource]], Machine]
"""Makes the machine of a host; what is given must serve before a machine that is there may be replaced."""
MakeReady = Callable[[str, tuple[Host, ...], Options], MakeMachine]
"""Makes what the machines of a role share, such as their image; called once, with the options of each resource."""


class HostGroup:
    """The hosts of one role, in order of preference. A network makes it, and says how its machines are made.

    Args:
        role: name of the group.
        hosts: names and addresses.
        declaration: the site that the hosts belong to.
        parent: of all resources, the network.
        make_ready: how the machines are made.
    """

    def __init__(
        self,
        role: str,
        hosts: tuple[Host, ...],
        declaration: Declaration,
        parent: pulumi.Resource,
        make_ready: MakeReady,
    ) -> None:
        self.role = role
        self.hosts = hosts
        self.declaration = declaration
        self._parent = parent
        self._make_ready = make_ready
        self._roll_outs: list[RollOut] = []
        self._before: list[pulumi.Resource] = []
        self._asked: tuple[str, pulumi.ResourceOptions] | None = None

    @property
    def pushes(self) -> Sequence[pulumi.Resource]:
        """The resources that are done when every host serves its bundle; empty before `provision`."""
        return [roll_out.push for roll_out in self._roll_outs]

    def name_of(self, component: str) -> str:
        """The Pulumi name of a component on these hosts, unique in a program with several sites."""
        return f"{self.declaration.name}.{component}"

    def follow(self, other: "HostGroup") -> None:
        """Push to these hosts only after all pushes to the other group.

        Of no effect after `provision`: hosts that are in front of others and behind them have no order.
        """
        self._before.extend(other.pushes)

    def provision(self, name: str, options: pulumi.ResourceOptions | None) -> None:
        """Create the hosts and push their bundles, one host after the other, the first host last.

        Asked for again, it creates nothing twice: several tiers may share hosts. What is created depends neither on
        who asks nor on who asks first.

        Args:
            name: of the tier or pair that asks.
            options: of it; what they say to its hosts must be said by all who share them.
        """
        handed = handed_on(options)
        if self._asked is None:
            self._asked = (name, handed)
        for problem in check_alike(f"{name}.opts", handed, *self._asked):
            self.declaration.refuse(problem)
        if self.hosts and not self._roll_outs:
            self._create(handed, options.parent if options else None)
        for roll_out in self._roll_outs:
            roll_out.machine.keep()
        if self.declaration.holds_secrets(self.hosts):
            for roll_out in self._roll_outs:
                roll_out.put_secrets()

    def settle(self, parent: pulumi.ComponentResource, name: str, replaced: Sequence[str] = ()) -> None:
        """After both hosts of a pair were created or replaced, bring the VIP to the first of them.

        Args:
            parent: of the resource.
            name: of the resource.
            replaced: addresses whose place others take: the second host, which is told first, holds those by then.
        """
        if self._roll_outs:  # none where the program asked for none, which a rule tells
            second, first = self._roll_outs[0], self._roll_outs[-1]
            options = formerly(name, pulumi.ResourceOptions(parent=parent, depends_on=self.pushes))
            second.settle(self.name_of(name), options, first.machine, replaced)

    def _create(self, handed: pulumi.ResourceOptions, outer: pulumi.Resource | None) -> None:
        def options(kind: str, former: str, own: pulumi.ResourceOptions) -> pulumi.ResourceOptions:
            placed = pulumi.ResourceOptions(parent=self._parent, aliases=aliases(kind, former, outer))
            return pulumi.ResourceOptions.merge(pulumi.ResourceOptions.merge(own, placed), handed)

        make = self._make_ready(self.role, self.hosts, options)
        for host in reversed(self.hosts):
            standby = self.pushes
            machine = make(host, standby)
            self._roll_outs.append(RollOut(host, machine, self.declaration, options, [*standby, *self._before]))


def addresses(sources: Sequence[HostGroup | str]) -> Sequence[str]:
    """Addresses and subnets, with its hosts' addresses in a group's place; what is wrong, a rule tells."""
    if not isinstance(sources, list | tuple):
        return cast("Sequence[str]", sources)
    groups = ([host.address for host in each.hosts] if isinstance(each, HostGroup) else [each] for each in sources)
    return tuple(address for group in groups for address in group)
