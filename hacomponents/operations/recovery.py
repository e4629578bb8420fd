"""Recovery from a run that was killed: its lock, its plugins, what it created without a record."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from hacomponents.hosts.reach import AGENT
from hacomponents.operations import docker_objects, pulumi, reach
from hacomponents.operations.errors import OperationFailed
from hacomponents.operations.processes import orphans, runs
from hacomponents.operations.progress import say

if TYPE_CHECKING:
    from hacomponents.operations.stack import DeployedStack

RESOURCE = ("pulumi-resource-",)
"""What is in the command line of a resource plugin, official or ours."""
LANGUAGE = ("pulumi-language-", "toolchain/language/")
"""What is in the command line of a language host or of the program that it runs."""
FINISHING = 60
"""Seconds that plugins without an engine, and then each host's agent, have to finish what they are doing."""
ENDING = 5
"""Seconds between SIGTERM and SIGKILL."""


@dataclass(frozen=True)
class Lock:
    """A lock of a stack in a file backend.

    Args:
        pid: of the process that took it.
        hostname: of its machine.
        username: whose process it is.
        timestamp: since when.
    """

    pid: int
    hostname: str
    username: str
    timestamp: str

    def dead(self) -> bool:
        """Whether its process is of this machine, and no longer there; another program may have its number."""
        return self.hostname == socket.gethostname() and not runs(self.pid, "pulumi")


def recover(stack: DeployedStack, *, created: bool) -> None:
    """Free a dead lock, end plugins without an engine, bring the state up to date, remove what it does not have.

    Other backends than files manage their locks themselves; `pulumi cancel` frees them.

    Args:
        stack: that exists in the backend.
        created: whether it was created just now: then containers with its labels are another backend's.

    Raises:
        OperationFailed: a run is going on, or the containers are another backend's.
    """
    locked = _free(stack)
    _end_orphans()
    if locked or stack.deployment().get("pending_operations") or stack.recorded() - docker_objects.present():
        say("==> a run was interrupted, or a container is down: bringing the state up to date")
        _await_agents(stack)
        remedy = f"see above; then: {stack.commands.up}"
        options = ("--yes", "--skip-preview", "--clear-pending-creates")
        pulumi.show("refresh", "--stack", stack.name, *options, remedy=remedy)
    recorded = stack.recorded()
    # Volumes hold data: one that is not recorded is taken up again, or stays until somebody removes it.
    unrecorded = [item for item in stack.objects() if item.id not in recorded and item.kind != "volume"]
    if unrecorded and created:
        names = ", ".join(map(str, unrecorded))
        remedy = f"select that backend (pulumi login), or remove them: {stack.commands.clear}"
        raise OperationFailed(f"stack {stack.name}", f"another backend must have it: there are already {names}", remedy)
    docker_objects.remove(unrecorded, "it is of this stack, but not in its state")


def locks(backend: str, project_name: str, stack: str) -> list[Lock]:
    """The locks of a stack in a file backend; none in another one.

    Args:
        backend: its address, such as file:///root.
        project_name: of the project.
        stack: its name.
    """
    address = urlsplit(backend)
    if address.scheme != "file":
        return []
    folder = Path(unquote(address.path), ".pulumi", "locks", "organization", project_name, stack)
    documents = [json.loads(file.read_text()) for file in folder.glob("*.json")]
    return [Lock(**{field: document[field] for field in Lock.__dataclass_fields__}) for document in documents]


def _free(stack: DeployedStack) -> bool:
    """Free the stack where all its locks are dead; whether it was locked."""
    backend = json.loads(pulumi.ask("whoami", "--json"))["url"]
    found = locks(backend, stack.project, stack.name)
    for lock in found:
        owner = f"{lock.username}@{lock.hostname} (process {lock.pid}) since {lock.timestamp}"
        if not lock.dead():
            raise OperationFailed(
                f"stack {stack.name}", f"locked by {owner}", "wait for it to end, then run this again"
            )
        say(f"==> freeing the stack: its lock is of {owner}, which is dead")
    if found:
        pulumi.ask("cancel", "--yes", stack.name)
    return bool(found)


def _end_orphans() -> None:
    """Let resource plugins without an engine finish what they are doing on a host, then end what is left of the run."""
    deadline = time.monotonic() + FINISHING
    if busy := list(orphans(RESOURCE)):
        say(f"==> plugins of a killed run are still at work (processes {busy}): waiting, {FINISHING} s at most")
    while list(orphans(RESOURCE)) and time.monotonic() < deadline:
        time.sleep(1)
    for number in (signal.SIGTERM, signal.SIGKILL):
        deadline = time.monotonic() + ENDING
        for pid in orphans(RESOURCE + LANGUAGE):
            with suppress(ProcessLookupError):
                os.kill(pid, number)
        while list(orphans(RESOURCE + LANGUAGE)) and time.monotonic() < deadline:
            time.sleep(0.1)


def _await_agents(stack: DeployedStack) -> None:
    """Let agents finish whose client was killed with the run: the next push would find their host locked."""
    for item in stack.objects():
        if item.kind == "container":
            with suppress(subprocess.TimeoutExpired):  # a host without an agent, or that is down, has nothing to finish
                reach.run(item.name, AGENT, "heal", timeout=FINISHING)
