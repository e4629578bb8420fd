"""One host as a container."""

from collections.abc import Sequence
from functools import partial

import pulumi
import pulumi_docker as docker

from hacomponents.declaration import Declaration
from hacomponents.hosts.docker import daemon, labels
from hacomponents.hosts.docker.data import Data, warn_of_loss
from hacomponents.hosts.former import CONTAINER
from hacomponents.hosts.local_reach import LocalReach
from hacomponents.hosts.options import Options
from hacomponents.hosts.rollout import Machine
from hacomponents.topology.network import Host

# keepalived's: VIPs, raw VRRP packets, gratuitous ARP, real time (which the watchdog gives), locked memory. In the form
# that Docker reports, or every refresh would replace the container.
CAPABILITIES = ["CAP_IPC_LOCK", "CAP_NET_ADMIN", "CAP_NET_BROADCAST", "CAP_NET_RAW", "CAP_SYS_NICE"]
# A standby binds a VIP that it does not hold yet. A kernel without IPv6 has no such switch for it.
SYSCTLS = {"net.ipv4.ip_nonlocal_bind": "1"}
SYSCTLS6 = {"net.ipv6.ip_nonlocal_bind": "1"}
# Seconds for keepalived to hand over and for the proxies to finish their requests.
GRACE = 30


class Container(Machine):
    """A host of a group.

    Args:
        declaration: of its site.
        network: that it stands on.
        image: of the container.
        options: of each resource.
        host: name and addresses.
        standby: what must serve before this host may be replaced.
    """

    def __init__(
        self,
        declaration: Declaration,
        network: docker.Network,
        image: docker.Image,
        options: Options,
        host: Host,
        standby: Sequence[pulumi.Resource],
    ) -> None:
        self._declaration = declaration
        self._network = network
        self._options = options
        self._host = host
        self._name = f"{declaration.name}.{host.name}"
        self._container_name = f"{pulumi.get_stack()}-{host.name}"
        self._data: dict[str, Data] = {}
        self._moves: list[pulumi.Resource] = []
        self._replaceable = [image, *standby]
        self._container = self._create(image, standby)
        warn_of_loss(self._container, host.name, lambda: declaration.stands_alone(host))
        # By its id: a later container of the same name is none of this one's commands' business.
        enter = pulumi.Output.concat(f"{daemon.COMMAND} exec -i ", self._container.id)
        self._environment = daemon.environment(self._container)
        reach = LocalReach(host.name, enter, daemon.typed(self._container_name), self._environment)
        super().__init__(self._container.id, reach)

    def keep(self) -> None:
        """Have what its tiers declared so far keep on volumes; asked for again, it does nothing."""
        folders = self._declaration.kept(self._host)
        for tier in sorted(folders.keys() - self._data.keys()):
            name = f"{self._name}-{tier}-data"
            self._data[tier] = data = Data(
                name,
                f"{self._container_name}-{tier}",
                folders[tier],
                ready=self._declaration.rendered,
                options=partial(self._options, "", name),
            )
            self._moves.append(data.move(self._container_name, self._environment, after=self._replaceable))

    def _create(self, image: docker.Image, standby: Sequence[pulumi.Resource]) -> docker.Container:
        # Through both, so that nothing is created for a site with problems, or where it could not be pushed to.
        ready = pulumi.Output.all(self._declaration.rendered, daemon.environment(image))
        address = ready.apply(lambda _: self._host.address)
        first = ready.apply(lambda _: [*standby, *self._moves])
        network = docker.ContainerNetworksAdvancedArgs(
            name=self._network.name, ipv4_address=address, ipv6_address=self._host.address6 or None
        )
        return docker.Container(
            self._name,
            name=self._container_name,
            hostname=self._host.name,
            image=image.repo_digest,
            networks_advanced=[network],
            capabilities=docker.ContainerCapabilitiesArgs(adds=CAPABILITIES),
            sysctls={**SYSCTLS, **SYSCTLS6} if self._host.address6 else SYSCTLS,
            tmpfs={"/run": ""},
            # Read when the program has ended: a tier that it declares later on the same hosts may keep something.
            volumes=ready.apply(lambda _: [data.mount for data in self._data.values()] or None),
            restart="unless-stopped",
            must_run=True,
            destroy_grace_seconds=GRACE,
            labels=[docker.ContainerLabelArgs(label=key, value=value) for key, value in labels.ours().items()],
            opts=self._options(
                CONTAINER, self._host.name, pulumi.ResourceOptions(delete_before_replace=True, depends_on=first)
            ),
        )
