"""A stack of a Pulumi project: what its state records, and what Docker has of it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from hacomponents.operations import docker_objects, pulumi
from hacomponents.operations.commands import Commands, of_console
from hacomponents.operations.errors import OperationFailed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

CONTAINER = "docker:index/container:Container"
OBJECTS = (CONTAINER, "docker:index/network:Network", "docker:index/volume:Volume")
"""Pulumi's types of what carries our labels."""


@dataclass(frozen=True)
class DeployedStack:
    """A stack.

    Args:
        name: of it, without organization and project.
        project: name of its Pulumi project.
        commands: that remedies name.
    """

    name: str
    project: str
    commands: Commands

    def exists(self) -> bool:
        """Whether the backend has it."""
        return any(stack["name"] == self.name for stack in json.loads(pulumi.ask("stack", "ls", "--json")))

    def require(self) -> None:
        """Raise `OperationFailed` where there is no such stack."""
        if not self.exists():
            raise OperationFailed(f"stack {self.name}", "it is not up: there is no such stack", self.commands.up)

    def deployment(self) -> dict[str, Any]:
        """Its state, as `pulumi stack export` has it."""
        exported = json.loads(pulumi.ask("stack", "export", "--stack", self.name))
        deployment: dict[str, Any] = exported.get("deployment") or {}
        return deployment

    def recorded(self) -> set[str]:
        """The Docker ids of the objects that its state has."""
        return {resource["id"] for resource in self._resources() if resource["type"] in OBJECTS and "id" in resource}

    def containers(self) -> set[str]:
        """The names of its hosts' containers that its state has; a program may have other containers beside them."""
        return hosts_of(self._resources())

    def objects(self) -> list[docker_objects.DockerObject]:
        """What Docker has of it, recorded or not."""
        return [item for item in docker_objects.objects() if item.of_stack(self.project, self.name)]

    def url(self) -> str:
        """Its output `url`. Raises `OperationFailed` where it has none."""
        self.require()
        outputs = json.loads(pulumi.ask("stack", "output", "--json", "--stack", self.name))
        if "url" not in outputs:
            remedy = f'{self.commands.up}; the program ends by pulumi.export("url", web.url)'
            raise OperationFailed(f"stack {self.name}", "it is not up, or its program exports no `url`", remedy)
        return str(outputs["url"])

    def _resources(self) -> Sequence[Mapping[str, Any]]:
        return self.deployment().get("resources") or []


def hosts_of(resources: Sequence[Mapping[str, Any]]) -> set[str]:
    """The names of the containers in a state that are hosts of this library, but for those about to be deleted."""
    containers = [each for each in resources if each["type"] == CONTAINER and not each.get("delete")]
    return {
        str(each["outputs"]["name"])
        for each in containers
        if any(label["label"] == docker_objects.STACK for label in each.get("outputs", {}).get("labels") or [])
    }


def chosen(name: str | None) -> DeployedStack:
    """The stack that a command is about, of the Pulumi project of this folder.

    Args:
        name: of the stack; None for the one that is selected.

    Raises:
        OperationFailed: there is no such stack, none is selected, or this is not the folder of a project.
    """
    stacks = json.loads(pulumi.ask("stack", "ls", "--json", "--fully-qualify-stack-names"))
    for stack in stacks:
        *_, project, short = stack["name"].split("/")
        if name in (short, stack["name"]) or (name is None and stack["current"]):
            return DeployedStack(short, project, of_console(short))
    names = ", ".join(stack["name"].rpartition("/")[2] for stack in stacks)
    if name:
        remedy = f"give one of these: {names}" if names else f"make it: pulumi stack init {name}, then pulumi up"
        raise OperationFailed(f"stack {name}", "this Pulumi project has no such stack", remedy)
    remedy = f"pulumi stack select, or --stack with one of these: {names}" if names else "pulumi up, which makes one"
    raise OperationFailed("stack", "no stack of this Pulumi project is selected", remedy)
