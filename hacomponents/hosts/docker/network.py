"""A Docker network, and the groups of hosts on it."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

import pulumi
import pulumi_docker as docker

from hacomponents.hosts.declaration import Declaration
from hacomponents.hosts.docker import labels
from hacomponents.hosts.docker.former import IMAGE, aliases
from hacomponents.hosts.docker.host import DockerHost
from hacomponents.hosts.docker.image import role_image
from hacomponents.hosts.docker.subnets import check_subnets
from hacomponents.hosts.group import HostGroup
from hacomponents.hosts.options import check_alike, formerly, handed_on
from hacomponents.topology import network as topology
from hacomponents.topology.firewall import CLOSED, Firewall
from hacomponents.topology.platform import DEFAULT, PLATFORMS


class Network(pulumi.ComponentResource):
    """A bridge network of the Docker daemon, with the hosts on it.

    Args:
        name: lower-case letters, digits, hyphens; the network is called STACK-NAME.
        cidr: IPv4 subnet, /16 to /28, that nothing else on the machine uses. Its first address is the gateway. It stays
            for the life of the network, as `cidr6` does: another is refused while the network is up.
        cidr6: IPv6 subnet, /64, likewise; hosts have the same place in both. Default: no IPv6.
        firewall: of every host; None for none. The machine that has the containers is always among those who manage
            them, since it could enter each of them anyway. Default: `Firewall()`.
        platform: the release that its containers are made from, such as `debian-12`; another one replaces them, host
            by host. Default: `hacomponents:platform` of the stack's configuration, else `debian-13`.
        opts: usual Pulumi options.

    Wrong settings, of this network and of all tiers on it, are told together at preview (`TopologyError`).
    """

    def __init__(
        self,
        name: str,
        *,
        cidr: str,
        cidr6: str = "",
        firewall: Firewall | None = CLOSED,
        platform: str | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("hacomponents:index:Network", name, None, opts)
        self._topology = _managed(topology.Network(name, cidr, cidr6, firewall, platform or _configured()))
        self._blocks: dict[int, str] = {}
        docker_name = f"{pulumi.get_stack()}-{name}"
        self.declaration = Declaration(self._topology, partial(check_subnets, self._topology, docker_name, self))
        self.docker_network = docker.Network(
            f"{name}-network",
            name=docker_name,
            ipam_configs=self.declaration.rendered.apply(lambda rendered: _pools(rendered.site.network)),
            ipv6=bool(cidr6) or None,
            labels=[docker.NetworkLabelArgs(label=key, value=value) for key, value in labels.ours().items()],
            opts=pulumi.ResourceOptions(parent=self, delete_before_replace=True),
        )
        self.register_outputs({"cidr": cidr})

    def hosts(self, role: str, count: int) -> "Hosts":
        """Hosts for one role, named ROLE-1, ROLE-2, ...

        Their addresses follow from the network and the role's name, so that one more host renumbers nothing.

        Args:
            role: lower-case letters, digits, hyphens.
            count: how many.
        """
        self.declaration.claim(role)
        addresses = topology.choose_addresses(self._topology, role, count, self._blocks)
        hosts = tuple(
            topology.Host(
                f"{role}-{index}",
                address,
                address6=self._topology.beside(address),
                network=self._topology.name,
                platform=PLATFORMS.get(self._topology.platform, DEFAULT),
            )
            for index, address in enumerate(addresses, start=1)
        )
        return Hosts(role, hosts, self)

    def address(self, offset: int) -> str:
        """The address at an offset into the subnet: `address(10)` of 10.10.0.0/24 is 10.10.0.10.

        Offsets below an eighth of the subnet are never given to hosts, but for 1, the gateway: VIPs go there.
        """
        return self._topology.address(offset)

    def address6(self, offset: int) -> str:
        """The same in the IPv6 subnet: `address6(0x10)` of fd00:10::/64 is fd00:10::10."""
        return self._topology.address6(offset)


def _configured() -> str:
    return pulumi.Config("hacomponents").get("platform") or DEFAULT.name


def _pools(network: topology.Network) -> list[docker.NetworkIpamConfigArgs]:
    return [
        docker.NetworkIpamConfigArgs(subnet=str(subnet), gateway=str(subnet[1]), ip_range=topology.spare(subnet))
        for subnet in network.subnets
    ]


def _managed(network: topology.Network) -> topology.Network:
    """A network whose gateways, addresses of the machine that has the containers, manage its hosts too."""
    firewall = network.firewall
    if not isinstance(firewall, Firewall) or not isinstance(firewall.management, list | tuple):
        return network  # a rule says so
    gateways = (str(subnet[1]) for subnet in network.subnets)
    return replace(network, firewall=replace(firewall, management=(*firewall.management, *gateways)))


class Hosts:
    """The hosts of one role on a Docker network. `Network.hosts` makes them."""

    def __init__(self, role: str, hosts: tuple[topology.Host, ...], network: Network) -> None:
        self.role = role
        self.hosts = hosts
        self._network = network
        self._machines: list[DockerHost] = []
        self._before: list[pulumi.Resource] = []
        self._asked: tuple[str, pulumi.ResourceOptions] | None = None

    @property
    def declaration(self) -> Declaration:
        """The site that the hosts belong to."""
        return self._network.declaration

    @property
    def pushes(self) -> Sequence[pulumi.Resource]:
        """The pushes to each host; empty before `provision`."""
        return [machine.push for machine in self._machines]

    def follow(self, other: HostGroup) -> None:
        """Push to these hosts only after all pushes to the other group; see `HostGroup`."""
        self._before.extend(other.pushes)

    def name_of(self, component: str) -> str:
        """The Pulumi name of a component on these hosts; see `HostGroup`."""
        return f"{self.declaration.name}.{component}"

    def provision(self, name: str, options: pulumi.ResourceOptions | None) -> None:
        """Create the containers and push their bundles, the first host last; see `HostGroup`."""
        handed = handed_on(options)
        if self._asked is None:
            self._asked = (name, handed)
        for problem in check_alike(f"{name}.opts", handed, *self._asked):
            self.declaration.refuse(problem)
        if self.hosts and not self._machines:
            self._create(handed, options.parent if options else None)
        for machine in self._machines:
            machine.keep()
        if self.declaration.holds_secrets(self.hosts):
            for machine in self._machines:
                machine.put_secrets()

    def _create(self, handed: pulumi.ResourceOptions, outer: pulumi.Resource | None) -> None:
        def options(kind: str, former: str, own: pulumi.ResourceOptions) -> pulumi.ResourceOptions:
            placed = pulumi.ResourceOptions(parent=self._network, aliases=aliases(kind, former, outer))
            return pulumi.ResourceOptions.merge(pulumi.ResourceOptions.merge(own, placed), handed)

        image_options = options(IMAGE, f"{self.role}-image", pulumi.ResourceOptions())
        image = role_image(self.role, self.hosts[0], self.declaration, image_options)
        for host in reversed(self.hosts):
            machine = DockerHost(host, self.declaration, self._network.docker_network, options)
            machine.provision(image, standby=self.pushes, before=self._before)
            self._machines.append(machine)

    def settle(self, parent: pulumi.ComponentResource, name: str, replaced: Sequence[str] = ()) -> None:
        """Bring the VIP to the first host once both were created or replaced; see `HostGroup`."""
        if self._machines:  # none where the program asked for none, which a rule tells
            second, first = self._machines[0], self._machines[-1]
            options = formerly(name, pulumi.ResourceOptions(parent=parent, depends_on=self.pushes))
            second.settle(self.name_of(name), options, first, replaced)
