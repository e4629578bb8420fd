"""Two Docker daemons on one machine: a push goes to the one that has the container, whoever chose it, and how."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from clone.stack import CloneStack
from hacomponents.operations import daemon, status
from hacomponents.testing.docker import docker
from tests.integration.docker.fresh import fresh_stack
from tests.integration.docker.machine import build_on, machine
from tests.integration.docker.second_daemon import FIRST, copy_image, second_daemon

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.integration.docker.stack import Stack

pytestmark = pytest.mark.integration

PROGRAM = """\
from pathlib import Path

import pulumi
import pulumi_docker as docker

from hacomponents import MemcachedTier
from hacomponents.docker import Network
from hacomponents.hosts.docker import build_context

build_context.SOURCE = Path("image")
opts = pulumi.ResourceOptions({options})
net = Network("cache", cidr=pulumi.Config().require("cidr"), opts=opts)
mem = MemcachedTier("mem", hosts=net.hosts("mem", 1), memory_limit={memory}, opts=opts)
"""


@pytest.fixture(scope="module")
def second() -> Iterator[str]:
    """The address of a second daemon, which has the image of a machine: it reaches no packages."""
    with second_daemon() as host:
        copy_image(machine(), host)
        yield host


@pytest.fixture
def stack(second: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Stack:
    """A stack that was never up; the `docker` command has a context `second`, and has chosen it for good."""
    monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path / "docker"))
    for name in ("DOCKER_HOST", "DOCKER_CONTEXT"):  # which a test may set
        monkeypatch.setenv(name, "")
        monkeypatch.delenv(name)
    docker("context", "create", "second", "--docker", f"host={second}")
    stack = fresh_stack("daemons", tmp_path / "stack")
    build_on(stack)
    return stack


def write(stack: Stack, memory: int, options: str = "") -> None:
    """Edit the program."""
    (stack.project / stack.program).write_text(PROGRAM.format(memory=memory, options=options))


def memory(host: str, stack: Stack) -> str:
    """What the host's memcached may use, in the file of its release."""
    text = docker("--host", host, "exec", f"{stack.name}-mem-1", "cat", "/etc/memcached_mem.conf")
    return text.split("-m ")[1].split()[0]


def test_the_push_goes_where_the_container_is(stack: Stack, second: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    DOCKER_CONTEXT, then `docker:host` of the stack, then a provider of the program choose the second daemon: each push
    reaches the host there, `make status` asks it there, and the first one's container of the same name is not touched.
    """
    name = f"{stack.name}-mem-1"
    docker("--host", FIRST, "run", "--detach", "--name", name, "debian:trixie-slim", "sleep", "600")
    try:
        monkeypatch.setenv("DOCKER_CONTEXT", "second")
        write(stack, 64)
        stack.up()
        assert "64" == memory(second, stack)

        monkeypatch.delenv("DOCKER_CONTEXT")
        stack.pulumi("config", "set", "docker:host", second, "--stack", stack.name)
        write(stack, 65)
        stack.up()
        assert "65" == memory(second, stack)

        stack.pulumi("config", "rm", "docker:host", "--stack", stack.name)
        write(stack, 66, f'provider=docker.Provider("second", host="{second}")')
        stack.up()
        assert "66" == memory(second, stack)

        for variable, value in stack.environment().items():
            monkeypatch.setenv(variable, value)
        recorded = CloneStack(stack.name, {}).deployed
        daemon.use(recorded)
        assert ["mem-1"] == [host.name for host in status.settled(recorded, within=30)]
        monkeypatch.delenv("DOCKER_HOST")

        stack.destroy()
        assert "" == docker("--host", second, "ps", "--all", "--quiet")
        assert "" == docker("--host", FIRST, "diff", name)
    finally:
        docker("--host", FIRST, "rm", "--force", name)


def test_what_docker_context_use_chose_is_not_followed(stack: Stack, second: str) -> None:
    """
    No plugin follows `docker context use`, so no push does: all of the stack is on the first daemon.
    """
    docker("context", "use", "second")
    write(stack, 64)
    try:
        stack.up()
        assert "64" == memory(FIRST, stack)
        assert "" == docker("--host", second, "ps", "--all", "--quiet")
    finally:
        stack.destroy()
