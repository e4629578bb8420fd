"""Docker's objects, and which of them carry our labels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from hacomponents.operations.errors import OperationFailed
from hacomponents.operations.progress import say
from hacomponents.testing.docker import DockerError
from hacomponents.testing.docker import docker as run

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

PROJECT, STACK = "hacomponents.project", "hacomponents.stack"
"""Labels of all that the library makes."""
LISTINGS = {
    "container": ["--all", "--no-trunc", "--format", "{{.ID}}\t{{.Names}}\t{{.Labels}}"],
    "network": ["--no-trunc", "--format", "{{.ID}}\t{{.Name}}\t{{.Labels}}"],
    "volume": ["--format", "{{.Name}}\t{{.Name}}\t{{.Labels}}"],
}
"""How each kind is listed, in the order in which they can be removed: containers hold the others."""
LONGEST = 600
"""Seconds for a command; measuring many volumes takes some."""
REMOVAL = {"container": ["--force", "--volumes"], "network": [], "volume": []}


@dataclass(frozen=True)
class DockerObject:
    """An object of Docker.

    Args:
        kind: "container", "network" or "volume".
        id: of it, as Pulumi's state has it.
        name: of it.
        labels: of it.
    """

    kind: str
    id: str
    name: str
    labels: Mapping[str, str]

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"

    def of_stack(self, project: str, stack: str) -> bool:
        """Whether a stack of a project made it."""
        label = self.labels.get
        return (label(PROJECT), label(STACK)) == (project, stack)


def objects() -> list[DockerObject]:
    """All there are, in the order in which they can be removed. Raises `OperationFailed`."""
    found = []
    for kind, options in LISTINGS.items():
        for line in _docker(kind, "ls", *options).splitlines():
            identity, name, labels = line.split("\t")
            found.append(
                DockerObject(kind, identity, name, dict(label.partition("=")[::2] for label in labels.split(",")))
            )
    return found


def present() -> set[str]:
    """The ids of all objects but containers that do not run. Raises `OperationFailed`."""
    running = _docker("container", "ls", "--quiet", "--no-trunc").split()
    return {item.id for item in objects() if item.kind != "container"}.union(running)


def states() -> dict[str, str]:
    """Docker's word for the state of each container, such as running or paused, by its id. Raises `OperationFailed`."""
    listing = _docker("container", "ls", "--all", "--no-trunc", "--format", "{{.ID}}\t{{.State}}")
    return {identity: state for identity, _, state in (line.partition("\t") for line in listing.splitlines())}


def volume_sizes() -> dict[str, str]:
    """How much each volume holds, in Docker's words, such as 12.3kB; 0B for nothing. Raises `OperationFailed`."""
    listing = _docker("system", "df", "--verbose", "--format", "{{range .Volumes}}{{.Name}}\t{{.Size}}\n{{end}}")
    return dict(line.split("\t") for line in listing.splitlines() if line)


def context() -> str:
    """What `docker context use` has chosen. Raises `OperationFailed`."""
    return _docker("context", "show")


def remove(unwanted: Iterable[DockerObject], why: str) -> None:
    """Remove them, after saying so and why. Raises `OperationFailed`."""
    for item in unwanted:
        say(f"==> removing {item}: {why}")
        _docker(item.kind, "rm", *REMOVAL[item.kind], item.id)


def _docker(*arguments: str) -> str:
    """What the command wrote; what is wrong with it, Docker says."""
    try:
        return run(*arguments, timeout=LONGEST)
    except (DockerError, OSError) as error:
        raise OperationFailed("Docker", str(error), "see Docker's words above, then run this again") from error
