"""The architecture `rails_ha`, as it is, on hosts of a second source: the same roll-out brings it up."""

from __future__ import annotations

import os
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from clone.architecture import fresh_secrets
from hacomponents.testing import eventually
from tests.integration.docker.stack import REPOSITORY, Stack

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.integration

CIDR, VIP = "10.207.0.0/24", "10.207.0.10"
"""Of no route of the machine: the link is in a network namespace."""
REGISTERED = 'from hacomponents.hosts.sources import SOURCES\n\nSOURCES["namespaces"] = "tests.hosts.namespaces"\n'
HOLDS = ("ip", "address", "show", "to", VIP)
"""Tells the VIP where it is, and nothing elsewhere."""
PUSHED = ["app-1-push", "lb-2-push", "lb-1-push", "web-2-push", "web-1-push"]


@pytest.fixture
def stack(tmp_path: Path) -> Iterator[Stack]:
    """An empty stack whose hosts are namespaces; nothing of them is left at the end."""
    stack = Stack(f"hacomponents-test-spaces-{os.getpid()}", tmp_path, CIDR, fresh_secrets("rails_ha"))
    stack.create()
    (stack.project / "tests").symlink_to(REPOSITORY / "tests")
    program = stack.project / "__main__.py"
    program.write_text(f"{REGISTERED}\n{program.read_text()}")
    stack.pulumi("config", "set", "--stack", stack.name, "hacomponents:hosts", "namespaces")
    try:
        yield stack
    finally:
        remove(stack)


def spaces(stack: Stack) -> list[str]:
    """The network namespaces of a stack."""
    listed = subprocess.run(["ip", "netns", "list"], stdout=subprocess.PIPE, text=True, check=True).stdout
    return [name for name in (line.partition(" ")[0] for line in listed.splitlines()) if name.startswith(stack.name)]


def remove(stack: Stack) -> None:
    """End and remove what a failed run has left."""
    for space in spaces(stack):
        pids = subprocess.run(["ip", "netns", "pids", space], stdout=subprocess.PIPE, text=True, check=True).stdout
        if pids:
            subprocess.run(["kill", "-KILL", *pids.split()], check=False)
        subprocess.run(["ip", "netns", "delete", space], check=False)
    for verb in (["rm", "--force"], ["rmi", "--force"]):
        subprocess.run(["docker", *verb, f"{stack.name}-link"], capture_output=True, check=False)
    shutil.rmtree(stack.project / "machines", ignore_errors=True)


def within(space: str, *command: str) -> str:
    """What a command writes that runs in a network namespace."""
    done = subprocess.run(["ip", "netns", "exec", space, *command], stdout=subprocess.PIPE, text=True, check=True)
    return done.stdout


def test_rails_ha_comes_up(stack: Stack) -> None:
    """
    Hosts are pushed to from the application to the front, standby first; the first web host gets the VIP, and the page
    of Rails answers there. A second `up` changes nothing, and nothing is left after `destroy`.
    """
    steps = stack.up().steps

    names = [step["urn"].rpartition(".")[2] for step in steps if step["op"] == "create"]
    assert PUSHED == [name for name in names if name.endswith("-push")]
    assert eventually(lambda: within(f"{stack.name}-web-1", *HOLDS))
    assert "" == within(f"{stack.name}-web-2", *HOLDS)
    assert 'name="authenticity_token"' in within(f"{stack.name}-link", "curl", "-fsS", "-m", "5", f"http://{VIP}/")
    assert {} == stack.up().changed
    stack.destroy()
    assert [] == spaces(stack)
