"""What every network is, wherever its hosts come from."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import replace

import pulumi

from hacomponents.declaration import Declaration
from hacomponents.errors import Problem
from hacomponents.hosts.group import HostGroup, MakeMachine
from hacomponents.hosts.options import Options
from hacomponents.topology.network import Host, Network, choose_addresses
from hacomponents.topology.platform import DEFAULT_PLATFORM, PLATFORMS
from hacomponents.topology.site import Site


class BaseNetwork(pulumi.ComponentResource, ABC):
    """A network with hosts on it, and the site that they serve.

    A source of hosts makes machines (`_make_ready`), and may look at a network that is there (`_look`).

    Args:
        topology: name, subnets and firewall; and what its hosts run, where the stack's configuration
            (`hacomponents:platform`) is not to say so.
        opts: usual Pulumi options.

    Attributes:
        declaration: what was asked for on the network.
    """

    def __init__(self, topology: Network, opts: pulumi.ResourceOptions | None) -> None:
        super().__init__("hacomponents:index:Network", topology.name, None, opts)
        self._topology = topology = replace(topology, platform=topology.platform or _configured_platform())
        self._blocks: dict[int, str] = {}
        self.declaration = Declaration(topology, self._look)

    @property
    def site(self) -> pulumi.Output[Site]:
        """All that is declared on the network, checked, with names and digests in the place of secrets."""
        return self.declaration.rendered.apply(lambda rendered: rendered.site)

    def hosts(self, role: str, count: int) -> HostGroup:
        """Hosts for one role, named ROLE-1, ROLE-2, ...

        Their addresses follow from the network and the role's name, so that one more host renumbers nothing.

        Args:
            role: lower-case letters, digits, hyphens.
            count: how many.
        """
        self.declaration.claim(role)
        addresses = choose_addresses(self._topology, role, count, self._blocks)
        hosts = tuple(
            Host(
                f"{role}-{index}",
                address,
                address6=self._topology.beside(address),
                network=self._topology.name,
                platform=PLATFORMS.get(self._topology.platform, DEFAULT_PLATFORM),
            )
            for index, address in enumerate(addresses, start=1)
        )
        return HostGroup(role, hosts, self.declaration, self, self._make_ready)

    def address(self, offset: int) -> str:
        """The address at an offset into the subnet: `address(10)` of 10.10.0.0/24 is 10.10.0.10.

        Offsets below an eighth of the subnet are never given to hosts, but for 1, the gateway: VIPs go there.
        """
        return self._topology.address(offset)

    def address6(self, offset: int) -> str:
        """The same in the IPv6 subnet: `address6(0x10)` of fd00:10::/64 is fd00:10::10."""
        return self._topology.address6(offset)

    @abstractmethod
    def _make_ready(self, role: str, hosts: tuple[Host, ...], options: Options) -> MakeMachine:
        """Make what the machines of a role share.

        Args:
            role: name of the group.
            hosts: all of it; they need the same packages.
            options: of each resource.

        Returns:
            What makes the machine of a host.
        """

    async def _look(self) -> Sequence[Problem]:
        """The problems of the network as it is, asked for when the program has ended. Default: none."""
        return []


def _configured_platform() -> str:
    return pulumi.Config("hacomponents").get("platform") or DEFAULT_PLATFORM.name
