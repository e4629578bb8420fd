"""Recovery from a run that was killed: its lock, its plugins, what it created without a record."""

from __future__ import annotations

import json
import os
import signal
import socket
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from toolchain import docker
from toolchain.clone import project
from toolchain.errors import Failed
from toolchain.progress import say
from toolchain.stack import pulumi

if TYPE_CHECKING:
    from collections.abc import Iterator

    from toolchain.stack.stack import Stack

PLUGINS = ("pulumi-resource-", "pulumi-language-", "toolchain.plugins.", "toolchain.language")
"""What is in the command line of a plugin's process, official or ours."""
FINISHING = 60
"""Seconds that plugins without an engine have to finish what they are doing on a host."""
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
        if self.hostname != socket.gethostname():
            return False
        try:
            return Path(f"/proc/{self.pid}/comm").read_text().strip() != "pulumi"
        except OSError:
            return True


def recover(stack: Stack, *, created: bool) -> None:
    """Free a dead lock, end plugins without an engine, bring the state up to date, remove what it does not have.

    Other backends than files manage their locks themselves; `pulumi cancel` frees them.

    Args:
        stack: that exists in the backend.
        created: whether it was created just now: then containers with its labels are another backend's.

    Raises:
        Failed: a run is going on, or the containers are another backend's.
    """
    locked = _free(stack)
    _end_orphans()
    if locked or stack.deployment().get("pending_operations"):
        say("==> the last run was interrupted: reading what it left")
        remedy = f"see above; then: make up STACK={stack.name}"
        options = ("--yes", "--skip-preview", "--clear-pending-creates")
        pulumi.show("refresh", "--stack", stack.name, *options, remedy=remedy)
    recorded = stack.recorded()
    unrecorded = [item for item in stack.objects() if item.id not in recorded]
    if unrecorded and created:
        names = ", ".join(map(str, unrecorded))
        remedy = f"select that backend (pulumi login), or remove them: make down STACK={stack.name}"
        raise Failed(f"stack {stack.name}", f"another backend must have it: there are already {names}", remedy)
    docker.remove(unrecorded, "it is of this stack, but not in its state")


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


def _free(stack: Stack) -> bool:
    """Free the stack where all its locks are dead; whether it was locked."""
    backend = json.loads(pulumi.ask("whoami", "--json"))["url"]
    found = locks(backend, project(), stack.name)
    for lock in found:
        owner = f"{lock.username}@{lock.hostname} (process {lock.pid}) since {lock.timestamp}"
        if not lock.dead():
            raise Failed(f"stack {stack.name}", f"locked by {owner}", "wait for it to end, then run this again")
        say(f"==> freeing the stack: its lock is of {owner}, which is dead")
    if found:
        pulumi.ask("cancel", "--yes", stack.name)
    return bool(found)


def _end_orphans() -> None:
    """Let plugins without an engine finish what they are doing; end those that do not."""
    waiting = time.monotonic() + FINISHING
    pids = list(orphans())
    if pids:
        say(f"==> plugins of a killed run are still at work (processes {pids}): waiting, {FINISHING} s at most")
    while pids and time.monotonic() < waiting:
        time.sleep(1)
        pids = list(orphans())
    for number in (signal.SIGTERM, signal.SIGKILL):
        deadline = time.monotonic() + ENDING
        for pid in pids:
            with suppress(ProcessLookupError):
                os.kill(pid, number)
        while (pids := [pid for pid in pids if pid in orphans()]) and time.monotonic() < deadline:
            time.sleep(0.1)


def orphans() -> Iterator[int]:
    """The plugin processes of this user whose engine, the address in their last argument, no longer listens."""
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            words = (folder / "cmdline").read_bytes().decode(errors="replace").rstrip("\0").split("\0")
            plugin = any(mark in word for word in words[:3] for mark in PLUGINS)
            if plugin and folder.stat().st_uid == os.geteuid() and not _listens(words[-1]):
                yield int(folder.name)


def _listens(address: str) -> bool:
    """Whether something accepts connections there; what is no address counts, to be on the safe side."""
    host, _, port = address.rpartition(":")
    if not port.isdigit():
        return True
    with socket.socket() as client:
        return client.connect_ex((host, int(port))) == 0
