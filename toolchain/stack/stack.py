"""A stack of this project: its existence, its configuration, its state."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from toolchain import docker
from toolchain.clone import ROOT, project
from toolchain.errors import Failed
from toolchain.progress import say
from toolchain.stack import architecture, pulumi

if TYPE_CHECKING:
    from pathlib import Path

OBJECTS = ("docker:index/container:Container", "docker:index/network:Network", "docker:index/volume:Volume")
"""Pulumi's types of what carries our labels."""


@dataclass(frozen=True)
class Stack:
    """A stack.

    Args:
        name: of it.
        settings: plain configuration values that the user gave for it now, such as `{"cidr": "10.20.0.0/24"}`.
    """

    name: str
    settings: dict[str, str]

    @classmethod
    def asked(cls) -> Stack:
        """The stack of make's variables STACK, ARCHITECTURE, CIDR and MANAGEMENT (subnets, separated by commas)."""
        given = {name.lower(): os.environ[name] for name in ("ARCHITECTURE", "CIDR") if os.environ.get(name)}
        if os.environ.get("MANAGEMENT"):
            given["management"] = json.dumps(os.environ["MANAGEMENT"].split(","))
        return cls(os.environ.get("STACK") or "rails_ha", given)

    @property
    def file(self) -> Path:
        """Where its configuration is."""
        return ROOT / "stacks" / f"Pulumi.{self.name}.yaml"

    def exists(self) -> bool:
        """Whether the backend has it."""
        return any(stack["name"] == self.name for stack in json.loads(pulumi.ask("stack", "ls", "--json")))

    def require(self) -> None:
        """Raise `Failed` where there is no such stack."""
        if not self.exists():
            raise Failed(f"stack {self.name}", "it is not up: there is no such stack", f"make up STACK={self.name}")

    def select(self) -> None:
        """Make it the current one; created and configured as far as needed. Raises `Failed`."""
        if not self.file.exists() and self.exists():
            self._take_over()
        if not self.exists():
            self._refuse_unknown_architecture()
            say(f"==> creating stack {self.name}")
        pulumi.ask("stack", "select", "--create", self.name)
        for key, value in self.settings.items():
            pulumi.ask("config", "set", f"{project()}:{key}", value, "--stack", self.name)
        self._make_secrets()

    def _take_over(self) -> None:
        """Fetch the configuration of a stack that another clone made; one that was never up has none, and nothing."""
        if json.loads(pulumi.ask("stack", "history", "--json", "--stack", self.name)):
            pulumi.ask("config", "refresh", "--stack", self.name)
        else:
            pulumi.ask("stack", "rm", "--yes", self.name)

    def _refuse_unknown_architecture(self) -> None:
        known = architecture.names()
        if self.settings.get("architecture", self.name) in known or self.file.exists():
            return
        raise Failed(
            f"stack {self.name}",
            f"there is no architecture of that name; there are: {', '.join(known)}",
            f"for a second stack of one: make up STACK={self.name} ARCHITECTURE={known[0]} CIDR=10.20.0.0/24",
        )

    def _make_secrets(self) -> None:
        configured = json.loads(pulumi.ask("config", "--json", "--stack", self.name))
        ours = configured.get(f"{project()}:architecture", {}).get("value", self.name)
        fresh = architecture.fresh_secrets(ours)
        missing = [name for name in fresh if f"{project()}:{name}" not in configured]
        for name in missing:
            pulumi.ask("config", "set", "--secret", f"{project()}:{name}", "--stack", self.name, stdin=fresh[name])
        if missing:
            say(f"    made its secrets: {', '.join(missing)}")
            say(f"    to read one: . toolchain/env; pulumi config get {missing[-1]} --stack {self.name}")

    def deployment(self) -> dict[str, Any]:
        """Its state, as `pulumi stack export` has it."""
        exported = json.loads(pulumi.ask("stack", "export", "--stack", self.name))
        deployment: dict[str, Any] = exported.get("deployment") or {}
        return deployment

    def recorded(self) -> set[str]:
        """The Docker ids of the objects that its state has."""
        resources = self.deployment().get("resources") or []
        return {resource["id"] for resource in resources if resource["type"] in OBJECTS and "id" in resource}

    def containers(self) -> set[str]:
        """The names of the containers that its state has."""
        resources = self.deployment().get("resources") or []
        found = [each for each in resources if each["type"] == OBJECTS[0] and not each.get("delete")]
        return {str(each["outputs"]["name"]) for each in found}

    def objects(self) -> list[docker.Object]:
        """What Docker has of it, recorded or not."""
        return [item for item in docker.objects() if item.of_stack(project(), self.name)]

    def url(self) -> str:
        """Its output `url`. Raises `Failed` where it was not brought up."""
        self.require()
        outputs = json.loads(pulumi.ask("stack", "output", "--json", "--stack", self.name))
        if "url" not in outputs:
            raise Failed(f"stack {self.name}", "it is not up: it has no output `url`", f"make up STACK={self.name}")
        return str(outputs["url"])
