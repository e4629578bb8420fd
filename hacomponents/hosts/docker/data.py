"""What a host keeps, on volumes of its own that its containers come and go on.

A volume is made before the container that mounts it. Where there is one without it, what that one keeps is moved first
(`move.sh`): its services leave and end, so that nobody writes any more; then the folder is copied.
"""

import shlex
from collections.abc import Callable, Sequence
from pathlib import Path

import pulumi
import pulumi_docker as docker
from pulumi.output import contains_unknowns
from pulumi_command import local

from hacomponents.hosts.docker import labels
from hacomponents.hosts.local_reach import Environment

Options = Callable[[pulumi.ResourceOptions], pulumi.ResourceOptions]
MOVE = Path(__file__).with_name("move.sh").read_text()


def warn_of_loss(container: docker.Container, host: str, stands_alone: Callable[[], bool]) -> None:
    """Say at preview where a container is made anew that keeps what no volume has.

    Args:
        container: the host's.
        host: name of it.
        stands_alone: whether what it serves is no tier of ours; asked when the program has ended.
    """

    def say(identity: object) -> None:
        if pulumi.runtime.is_dry_run() and contains_unknowns(identity) and stands_alone():
            pulumi.log.warn(
                f"{host}: its container is new or replaced, and no volume has what programs of your own keep in the "
                "one of before; save that first, or ignore this for a new host",
                container,
            )

    container.id.apply(say, run_with_unknowns=True)


class Data:
    """A folder of a host that is kept.

    Args:
        name: of the resources.
        volume: Docker's name of it.
        folder: where it is on the host.
        ready: known when nothing is wrong with the site.
        options: of the resources, beside own ones.
    """

    def __init__(self, name: str, volume: str, folder: str, *, ready: pulumi.Output[object], options: Options) -> None:
        self._name = name
        self._folder = folder
        self._options = options
        self.volume = docker.Volume(
            self._name,
            name=ready.apply(lambda _: volume),
            labels=[docker.VolumeLabelArgs(label=key, value=value) for key, value in labels.ours().items()],
            # Nothing that Pulumi does ends it, and a stack of another name goes on with the same one.
            opts=options(pulumi.ResourceOptions(retain_on_delete=True, ignore_changes=["name", "labels"])),
        )

    def move(
        self,
        container: str,
        environment: pulumi.Output[Environment],
        after: Sequence[pulumi.Resource],
    ) -> local.Command:
        """Bring what a container without the volume keeps onto it; done once.

        Args:
            container: name of the host's container.
            environment: of commands for it.
            after: what must be there first: the host serves nothing from here until its new container does.
        """
        return local.Command(
            f"{self._name}-move",
            create=self.volume.name.apply(lambda volume: self._script(container, volume)),
            environment=environment,
            logging=local.Logging.STDERR,
            opts=self._options(
                pulumi.ResourceOptions(depends_on=[self.volume, *after], ignore_changes=["create", "environment"])
            ),
        )

    @property
    def mount(self) -> docker.ContainerVolumeArgs:
        """As the container has it."""
        return docker.ContainerVolumeArgs(container_path=self._folder, volume_name=self.volume.name)

    def _script(self, container: str, volume: str) -> str:
        arguments = (container, *labels.ours().values(), self._folder, volume)
        return f"set -- {shlex.join(arguments)}\n{MOVE}"
