"""The way into a container."""

from collections.abc import Sequence

import pulumi
import pulumi_docker as docker
from pulumi_command import local

from hacomponents.hosts.docker import daemon


class DockerReach:
    """`docker exec`, as a `Reach`.

    Args:
        host: its name.
        container: that it is.
        container_name: Docker's.

    Attributes:
        environment: of commands for the container, so that they go to the daemon that has it.
    """

    def __init__(self, host: str, container: docker.Container, container_name: str) -> None:
        self._host = host
        self._container = container
        self._container_name = container_name
        self.environment = daemon.environment(container)

    def run(
        self,
        name: str,
        line: str,
        *,
        options: pulumi.ResourceOptions,
        stdin: pulumi.Input[str] | None = None,
        triggers: Sequence[pulumi.Input[str]] = (),
        farewell: str = "",
        shown: bool = False,
    ) -> local.Command:
        """A resource that runs a line of shell on the host; see `Reach`."""
        gone = f"echo '{self._host} does not run: nothing to hand over'"
        return local.Command(
            name,
            create=self._exec(line),
            delete=pulumi.Output.concat(self._exec(farewell), f" || {gone}") if farewell else None,
            environment=self.environment,
            stdin=stdin,
            triggers=[*triggers],
            logging=local.Logging.STDERR if shown else local.Logging.NONE,
            opts=options,
        )

    def words(self, line: str) -> str:
        """What a person types to run a line on the host."""
        return f"docker exec {self._container_name} {line}"

    def _exec(self, line: str) -> pulumi.Output[str]:
        # By its id: a later container of the same name is none of this command's business.
        return pulumi.Output.concat(f"{daemon.COMMAND} exec -i ", self._container.id, f" {line}")
