"""One host as a container: created, given the agent and its secrets, and pushed to."""

import shlex
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

import pulumi
import pulumi_docker as docker
from pulumi_command import local

from hacomponents import agent
from hacomponents.declaration import Declaration
from hacomponents.hosts.docker import daemon, labels
from hacomponents.hosts.docker.data import Data, warn_of_loss
from hacomponents.hosts.docker.former import COMMAND, CONTAINER

if TYPE_CHECKING:
    from hacomponents.topology.network import Host

# keepalived's: VIPs, raw VRRP packets, gratuitous ARP, real time (which the watchdog gives), locked memory. In the form
# that Docker reports, or every refresh would replace the container.
CAPABILITIES = ["CAP_IPC_LOCK", "CAP_NET_ADMIN", "CAP_NET_BROADCAST", "CAP_NET_RAW", "CAP_SYS_NICE"]
# A standby binds a VIP that it does not hold yet. A kernel without IPv6 has no such switch for it.
SYSCTLS = {"net.ipv4.ip_nonlocal_bind": "1"}
SYSCTLS6 = {"net.ipv6.ip_nonlocal_bind": "1"}
# Seconds for keepalived to hand over and for the proxies to finish their requests.
GRACE = 30
AGENT = "hacomponents-agent"
Options = Callable[[str, str, pulumi.ResourceOptions], pulumi.ResourceOptions]


class DockerHost:
    """A host of a group.

    Args:
        host: name and addresses.
        declaration: of its site.
        network: that it stands on.
        options: of a resource, by its type, the name that it had until 0.1.0, and its own options.
    """

    push: pulumi.Resource

    def __init__(self, host: "Host", declaration: Declaration, network: docker.Network, options: Options) -> None:
        self._host = host
        self._declaration = declaration
        self._network = network
        self._options = options
        self._name = f"{declaration.name}.{host.name}"
        self._container_name = f"{pulumi.get_stack()}-{host.name}"
        self._secrets: list[pulumi.Resource] = []
        self._data: dict[str, Data] = {}
        self._moves: list[pulumi.Resource] = []

    def provision(
        self, image: docker.Image, *, standby: Sequence[pulumi.Resource], before: Sequence[pulumi.Resource]
    ) -> None:
        """Create the container and push its bundle.

        Args:
            image: of the container.
            standby: what must serve before this host may be replaced.
            before: what must serve before this host is pushed to.
        """
        self._replaceable = [image, *standby]
        self.container = self._create_container(image, standby)
        warn_of_loss(self.container, self._host.name, lambda: self._declaration.stands_alone(self._host))
        self._environment = daemon.environment(self.container)
        self._installed = self._install_agent()
        self.push = self._push([self._installed, *standby, *before])

    def put_secrets(self) -> None:
        """Put the secrets of its files in place before its bundle is pushed; asked for again, it does nothing."""
        if not self._secrets:
            self._secrets.append(self._create_secrets())

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

    def settle(self, name: str, options: pulumi.ResourceOptions, first: "DockerHost", replaced: Sequence[str]) -> None:
        """Bring the VIP from this host to the first one, once both were created or replaced.

        Args:
            name: of the resource.
            options: of the resource.
            first: the host that is preferred.
            replaced: see `HostGroup`.
        """
        local.Command(
            name,
            create=self._agent("settle"),
            environment=self._environment,
            triggers=[self.container.id, first.container.id, *replaced],
            logging=local.Logging.NONE,
            opts=options,
        )

    def _create_container(self, image: docker.Image, standby: Sequence[pulumi.Resource]) -> docker.Container:
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
            # As for secrets, see `_push`.
            volumes=ready.apply(lambda _: [data.mount for data in self._data.values()] or None),
            restart="unless-stopped",
            must_run=True,
            destroy_grace_seconds=GRACE,
            labels=[docker.ContainerLabelArgs(label=key, value=value) for key, value in labels.ours().items()],
            opts=self._options(
                CONTAINER, self._host.name, pulumi.ResourceOptions(delete_before_replace=True, depends_on=first)
            ),
        )

    def _install_agent(self) -> local.Command:
        return local.Command(
            f"{self._name}-agent",
            create=self._exec(f"python3 -c {shlex.quote(agent.INSTALLER)}"),
            environment=self._environment,
            stdin=agent.payload(),
            triggers=[self.container.id],
            logging=local.Logging.NONE,
            opts=self._options(COMMAND, f"{self._host.name}-agent", pulumi.ResourceOptions()),
        )

    def _create_secrets(self) -> local.Command:
        return local.Command(
            f"{self._name}-secrets",
            create=self._agent("secret"),
            environment=self._environment,
            stdin=self._declaration.secrets_document(self._host),
            triggers=[self.container.id],
            logging=local.Logging.NONE,
            opts=self._options(
                COMMAND,
                f"{self._host.name}-secrets",
                pulumi.ResourceOptions(depends_on=[self._installed], additional_secret_outputs=["stdout", "stderr"]),
            ),
        )

    def _push(self, after: Sequence[pulumi.Resource]) -> local.Command:
        name = self._host.name
        # Read when the program has ended: a tier that it declares later on the same hosts may bring secrets.
        ready = self._declaration.rendered.apply(lambda _: [*after, *self._secrets])
        gone = f"echo '{name} does not run: nothing to hand over'"
        return local.Command(
            f"{self._name}-push",
            create=self._agent("apply"),
            delete=pulumi.Output.concat(self._agent("retire"), f" || {gone}"),
            environment=self._environment,
            stdin=self._declaration.bundle_text(self._host),
            triggers=[self.container.id],
            logging=local.Logging.STDERR,
            # Else, where a container was removed by hand, the old push's `retire` would follow the new push.
            opts=self._options(
                COMMAND, f"{name}-push", pulumi.ResourceOptions(depends_on=ready, delete_before_replace=True)
            ),
        )

    def _agent(self, verb: str) -> pulumi.Output[str]:
        return self._exec(f"{AGENT} {verb}")

    def _exec(self, command: str) -> pulumi.Output[str]:
        # By its id: a later container of the same name is none of this command's business.
        return pulumi.Output.concat(f"{daemon.COMMAND} exec -i ", self.container.id, f" {command}")
