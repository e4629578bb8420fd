"""A stack under test, deployed by the `pulumi` command from a copy of this repository's program."""

from __future__ import annotations

import ipaddress
import json
import os
import re
import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from secrets import token_hex
from typing import TYPE_CHECKING, Any

from hacomponents.testing.docker import docker
from hacomponents.topology.network import spare

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    Event = Mapping[str, Any]

REPOSITORY = Path(__file__).parents[3]
LONGEST_COMMAND = 600


class PulumiError(Exception):
    """The `pulumi` command failed; the text is all that it wrote."""


@dataclass(frozen=True)
class Update:
    """What a `pulumi` command did.

    Attributes:
        output: all that it wrote.
        changes: how many resources by operation, such as `{"same": 20, "update": 2}`.
        touched: names of those that are not the same, by operation, such as `{"update": {"lb-1-push"}}`; without their
            network's in front.
        steps: what the engine told of each resource, in order, in its own words (`StepEventMetadata`).
    """

    output: str
    changes: Mapping[str, int]
    touched: Mapping[str, set[str]]
    steps: Sequence[Event] = field(repr=False)

    @property
    def changed(self) -> dict[str, int]:
        """The operations that are not `same`."""
        return {operation: count for operation, count in self.changes.items() if operation != "same"}


@dataclass(frozen=True)
class Stack:
    """One stack in a project folder of its own, with its own state.

    Args:
        name: of the stack; containers and networks begin with it.
        folder: to work in; the project and the state go there.
        cidr: of its network.
        secrets: configuration values of the stack.
        architecture: module under `stacks/` that is its program. Default: rails_ha.
        passphrase: that encrypts them. Default: at random.
    """

    name: str
    folder: Path
    cidr: str
    secrets: Mapping[str, str] = field(repr=False)
    architecture: str = "rails_ha"
    passphrase: str = field(default_factory=lambda: token_hex(16), repr=False)

    @property
    def cidr6(self) -> str:
        """An IPv6 subnet that is as little used as the IPv4 one."""
        return "fd00:{:x}:{:x}::/64".format(*map(int, self.cidr.split(".")[1:3]))

    @property
    def project(self) -> Path:
        """The copy of this repository's program."""
        return self.folder / "project"

    @property
    def state(self) -> Path:
        """Where the backend keeps its files."""
        return self.folder / "state"

    @property
    def program(self) -> Path:
        """What the stack is made of, from the top of the repository."""
        return Path(f"stacks/{self.architecture}.py")

    def create(self) -> None:
        """Make the project folder and an empty stack with its configuration."""
        self.state.mkdir(parents=True)
        self.project.mkdir()
        for name in ("Pulumi.yaml", "__main__.py"):
            shutil.copy(REPOSITORY / name, self.project)
        shutil.copytree(REPOSITORY / "stacks", self.project / "stacks", ignore=shutil.ignore_patterns("Pulumi.*.yaml"))
        for name in ("hacomponents", ".venv"):
            (self.project / name).symlink_to(REPOSITORY / name)
        self.pulumi("stack", "init", self.name)
        # Where test clients come from.
        management = json.dumps([spare(ipaddress.IPv4Network(self.cidr))])
        plain = {"architecture": self.architecture, "cidr": self.cidr, "management": management}
        self.pulumi(
            *("config", "set-all", "--stack", self.name),
            *(word for key, value in plain.items() for word in ("--plaintext", f"hacomponents:{key}={value}")),
            *(word for key, value in self.secrets.items() for word in ("--secret", f"hacomponents:{key}={value}")),
        )

    def write(self, *, replace: Mapping[str, str] | None = None, **arguments: str) -> None:
        """Edit the program, as a person would; every edit starts from this repository's own text.

        Args:
            replace: what to replace, and by what. Default: nothing.
            arguments: tier to further arguments of its constructor, such as `lb='maxconn=500'`.
        """
        text = (REPOSITORY / self.program).read_text()
        edits = {f'Tier("{tier}",': f'Tier("{tier}", {more},' for tier, more in arguments.items()}
        for old, new in {**edits, **(replace or {})}.items():
            if text.count(old) != 1:
                message = f"{self.program} has {text.count(old)} times {old!r}, not once"
                raise ValueError(message)
            text = text.replace(old, new)
        (self.project / self.program).write_text(text)

    def push(self, *, replace: Mapping[str, str] | None = None, **arguments: str) -> Update:
        """Edit the program (see `write`) and bring it up. Without arguments: back to this repository's own."""
        self.write(replace=replace, **arguments)
        return self.up()

    def up(self) -> Update:
        """`pulumi up`."""
        return self._operate("up", "--yes", "--skip-preview")

    def preview(self) -> Update:
        """`pulumi preview --diff`."""
        return self._operate("preview", "--diff")

    def refresh(self) -> Update:
        """`pulumi refresh`."""
        return self._operate("refresh", "--yes", "--skip-preview", "--diff")

    def destroy(self) -> Update:
        """`pulumi destroy`; and what it leaves, the volumes with data."""
        update = self.destroy_but_data()
        self.remove_data()
        return update

    def destroy_but_data(self) -> Update:
        """`pulumi destroy`."""
        return self._operate("destroy", "--yes", "--skip-preview")

    def remove_data(self) -> None:
        """Remove the volumes of its hosts, which nothing uses any more."""
        if volumes := docker("volume", "ls", "--quiet", "--filter", f"label=hacomponents.stack={self.name}").split():
            docker("volume", "rm", *volumes)

    def pulumi(self, *arguments: str, stdin: str = "") -> str:
        """Run the command; all that it wrote. Raises `PulumiError`."""
        command = ["pulumi", *arguments, "--non-interactive", "--color", "never"]
        done = subprocess.run(command, cwd=self.project, env=self.environment(), input=stdin, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, timeout=LONGEST_COMMAND, check=False)  # fmt: skip
        if done.returncode:
            raise PulumiError(done.stdout)
        return done.stdout

    def _operate(self, *arguments: str) -> Update:
        log = self.folder / "events.json"
        log.unlink(missing_ok=True)
        output = self.pulumi(*arguments, "--stack", self.name, "--event-log", str(log))
        events = [json.loads(line) for line in log.read_text().splitlines()]
        steps = [event["resourcePreEvent"]["metadata"] for event in events if "resourcePreEvent" in event]
        return Update(output, _changes(events), _touched(steps), steps)

    def environment(self) -> dict[str, str]:
        """The environment of its `pulumi` commands."""
        return {
            **os.environ,
            "PULUMI_BACKEND_URL": self.state.as_uri(),
            "PULUMI_CONFIG_PASSPHRASE": self.passphrase,
            "PULUMI_SKIP_UPDATE_CHECK": "true",
            # The event log is an option for programs, which the command has only then.
            "PULUMI_DEBUG_COMMANDS": "true",
        }


def _changes(events: Sequence[Event]) -> dict[str, int]:
    return next((dict(event["summaryEvent"]["resourceChanges"]) for event in events if "summaryEvent" in event), {})


def _touched(steps: Sequence[Event]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for step in steps:
        if step["op"] != "same":
            found.setdefault(step["op"], set()).add(name_of(step["urn"]))
    return found


def name_of(urn: str) -> str:
    """A resource's name, without its network's in front, which it did not have until 0.1.0."""
    return urn.rpartition("::")[2].rpartition(".")[2]


def changed_lines(diff: str) -> list[str]:
    """The lines of a preview's diff that stand for a change inside a file, `- old` and `+ new`, without indentation."""
    return [" ".join(line.split()) for line in diff.splitlines() if re.match(r"\s+[-+] ", line)]
