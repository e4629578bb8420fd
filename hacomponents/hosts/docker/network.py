"""A Docker network, and the containers on it."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

import pulumi
import pulumi_docker as docker

from hacomponents.errors import Problem
from hacomponents.hosts.docker import labels
from hacomponents.hosts.docker.container import Container
from hacomponents.hosts.docker.image import role_image
from hacomponents.hosts.docker.subnets import check_subnets
from hacomponents.hosts.former import IMAGE
from hacomponents.hosts.group import MakeMachine
from hacomponents.hosts.network import BaseNetwork
from hacomponents.hosts.options import Options
from hacomponents.topology import network as topology
from hacomponents.topology.firewall import DEFAULT, Firewall


class Network(BaseNetwork):
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
        firewall: Firewall | None = DEFAULT,
        platform: str = "",
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(_managed(topology.Network(name, cidr, cidr6, firewall, platform)), opts)
        self._docker_name = f"{pulumi.get_stack()}-{name}"
        self.docker_network = docker.Network(
            f"{name}-network",
            name=self._docker_name,
            ipam_configs=self.site.apply(lambda site: _pools(site.network)),
            ipv6=bool(cidr6) or None,
            labels=[docker.NetworkLabelArgs(label=key, value=value) for key, value in labels.ours().items()],
            opts=pulumi.ResourceOptions(parent=self, delete_before_replace=True),
        )
        self.register_outputs({"cidr": cidr})

    def _make_ready(self, role: str, hosts: tuple[topology.Host, ...], options: Options) -> MakeMachine:
        image = role_image(role, hosts[0], self.declaration, options(IMAGE, f"{role}-image", pulumi.ResourceOptions()))
        return partial(Container, self.declaration, self.docker_network, image, options)

    async def _look(self) -> Sequence[Problem]:
        return await check_subnets(self._topology, self._docker_name, self)


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
