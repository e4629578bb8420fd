"""A stack of this clone: which one is asked for, and its configuration."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pulumi import automation

from clone import architecture
from hacomponents.operations import pulumi
from hacomponents.operations.commands import Commands
from hacomponents.operations.errors import OperationFailed
from hacomponents.operations.progress import say
from hacomponents.operations.stack import DeployedStack
from toolchain.clone import ROOT, project

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True)
class CloneStack:
    """A stack.

    Args:
        name: of it.
        settings: plain configuration values that the user gave for it now, such as `{"cidr": "10.20.0.0/24"}`.
    """

    name: str
    settings: dict[str, str]

    @classmethod
    def asked(cls) -> CloneStack:
        """The stack of make's variables STACK, ARCHITECTURE, CIDR and MANAGEMENT (subnets, separated by commas)."""
        given = {name.lower(): os.environ[name] for name in ("ARCHITECTURE", "CIDR") if os.environ.get(name)}
        if os.environ.get("MANAGEMENT"):
            given["management"] = json.dumps(os.environ["MANAGEMENT"].split(","))
        return cls(os.environ.get("STACK") or "rails_ha", given)

    @property
    def file(self) -> Path:
        """Where its configuration is."""
        return ROOT / "stacks" / f"Pulumi.{self.name}.yaml"

    @property
    def deployed(self) -> DeployedStack:
        """What the operations know of it; their remedies name make's targets."""
        commands = Commands(
            up=f"make up STACK={self.name}",
            status=f"make status STACK={self.name}",
            drill=f"make drill STACK={self.name}",
            agree="YES=1",
            clear=f"make down STACK={self.name}",
        )
        return DeployedStack(self.name, project(), commands)

    def configured(self) -> dict[str, str]:
        """The plain values of its configuration: those of its file, and those that were given now."""
        try:
            found = automation.LocalWorkspace(str(self.file.parent)).stack_settings(self.name).config or {}
        except FileNotFoundError:
            found = {}
        prefix = f"{project()}:"
        plain = {key.removeprefix(prefix): value for key, value in found.items() if isinstance(value, str)}
        return {**plain, **self.settings}

    def select(self) -> None:
        """Make it the current one; created and configured as far as needed. Raises `OperationFailed`."""
        if not self.file.exists() and self.deployed.exists():
            self._take_over()
        if not self.deployed.exists():
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
        raise OperationFailed(
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


def agreed() -> bool:
    """Whether the user agreed beforehand, by make's variable YES, to what they would be asked for."""
    return os.environ.get("YES") == "1"
