"""The plugin under the real engine: what an administrator sees of `pulumi up`, `refresh` and `destroy`."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest

from toolchain.conformance.docker.conftest import net

if TYPE_CHECKING:
    from toolchain.conformance.cli import Project
    from toolchain.conformance.docker.conftest import Json, World
    from toolchain.conformance.engine import Plugin

SUBNET, ADDRESS, OTHER_ADDRESS = f"{net(5)}.0/24", f"{net(5)}.10", f"{net(5)}.11"
PASSWORD = "correct-horse-battery"
SLEEP = ["sleep", "3600"]
PROGRAM = """
import pulumi_docker as docker

network = docker.Network(
    "net",
    name="{prefix}-net",
    ipam_configs=[docker.NetworkIpamConfigArgs(subnet="{subnet}")],
    internal={internal},
    opts=ResourceOptions(delete_before_replace=True),
)
container = docker.Container(
    "web",
    name="{prefix}-web",
    image="debian:bookworm-slim",
    command={command},
    entrypoints={entrypoints},
    networks_advanced=[
        docker.ContainerNetworksAdvancedArgs(name=network.name, ipv4_address="{address}", aliases=["web"])
    ],
    capabilities=docker.ContainerCapabilitiesArgs(adds=["CAP_NET_RAW", "CAP_NET_ADMIN"]),
    sysctls={{"net.ipv4.ip_nonlocal_bind": "1"}},
    tmpfs={{"/run": ""}},
    restart="unless-stopped",
    must_run=True,
    destroy_grace_seconds=1,
    envs=["PLAIN=1", Output.secret("PASSWORD={password}")],
    labels=[docker.ContainerLabelArgs(label="conformance", value="{prefix}")],
    opts=ResourceOptions(delete_before_replace=True),
)
"""
DEFAULTS = {
    "subnet": SUBNET,
    "address": ADDRESS,
    "internal": None,
    "command": SLEEP,
    "entrypoints": None,
    "password": PASSWORD,
}
Source = Callable[..., str]


@pytest.fixture
def prefix(world: World) -> str:
    """What the names of the stack's objects start with."""
    return world.name("stack")


@pytest.fixture
def source(prefix: str) -> Source:
    """Writes the program: one container on one network."""
    return lambda **values: PROGRAM.format(prefix=prefix, **(DEFAULTS | values))


@pytest.fixture
def stack(project: Project) -> Iterator[Project]:
    """A stack, destroyed after the test."""
    yield project
    assert project.change("destroy", "--skip-preview").code == 0


def the_container(world: World, prefix: str) -> Json:
    """Docker's view of the stack's container."""
    return world.api.inspect_container(f"{prefix}-web")


def test_what_was_made_stays_as_it_is(stack: Project, source: Source, world: World, prefix: str) -> None:
    """A second update changes nothing, nor does a refresh, nor an update after that."""
    assert stack.up(source()).code == 0
    started = the_container(world, prefix)["State"]["StartedAt"]
    for words in (["up"], ["refresh"], ["up"]):
        again = stack.change(*words, "--skip-preview", "--expect-no-changes")
        assert again.code == 0, again.text
    found = the_container(world, prefix)
    assert found["State"]["StartedAt"] == started
    assert found["NetworkSettings"]["Networks"][f"{prefix}-net"]["IPAddress"] == ADDRESS


def test_secrets(stack: Project, source: Source, world: World, prefix: str) -> None:
    """A secret reaches the container, and nothing shows it: neither screen nor state, also after a refresh."""
    stack.program(source())
    runs = [stack.change("preview", "--diff"), stack.up(source(), "--diff")]
    runs += [stack.change("refresh", "--skip-preview", "--diff"), stack.up(source(address=OTHER_ADDRESS), "--diff")]
    assert f"PASSWORD={PASSWORD}" in the_container(world, prefix)["Config"]["Env"]
    assert [run.code for run in runs] == [0, 0, 0, 0]
    assert PASSWORD not in "".join(run.text for run in runs)
    assert PASSWORD not in "".join(path.read_text() for path in (stack.folder / "state").rglob("*.json*"))


def test_the_order_of_a_replacement(stack: Project, source: Source, world: World, prefix: str) -> None:
    """A new network takes its container along: that goes first and comes last."""
    stack.up(source())
    since = time.time()
    assert stack.up(source(internal=True)).code == 0
    ours = [
        (event["Type"], event["Action"])
        for event in world.api.events(since=since, until=time.time() + 1, decode=True)
        if event["Actor"]["Attributes"].get("name", "").startswith(prefix) and event["Action"] in ("create", "destroy")
    ]
    assert ours == [("container", "destroy"), ("network", "destroy"), ("network", "create"), ("container", "create")]


def test_a_failed_creation_is_made_good(stack: Project, source: Source, world: World, prefix: str) -> None:
    """After a container that did not come up, the next update puts a good one in its place."""
    failed = stack.up(source(command=["/nonexistent"]))
    left = stack.resource("web")
    assert failed.code != 0
    assert "/nonexistent" in failed.text
    assert left
    assert left["initErrors"]
    assert stack.up(source()).code == 0
    good = stack.resource("web")
    assert good
    assert "initErrors" not in good
    assert the_container(world, prefix)["State"]["Running"]
    assert stack.up(source(), "--expect-no-changes").code == 0


def test_a_failed_creation_is_tried_again(stack: Project, source: Source, plugin: Plugin) -> None:
    """A program that is as wrong as before fails as before, until it is put right.

    Deviates: with `entrypoints` the official plugin believes the second update.
    """
    wrong = source(entrypoints=["/nonexistent"])
    assert stack.up(wrong).code != 0
    assert (stack.up(wrong).code == 0) is plugin.official


def test_a_name_in_the_way(stack: Project, source: Source, world: World, prefix: str) -> None:
    """What stands in the way is named; once it is gone, the next update goes on."""
    world.api.create_container("debian:bookworm-slim", command=SLEEP, name=f"{prefix}-web")
    refused = stack.up(source())
    assert refused.code != 0
    assert f"{prefix}-web" in refused.text
    assert stack.resource("web") is None
    world.api.remove_container(f"{prefix}-web")
    assert stack.up(source()).code == 0


def test_what_was_removed_by_hand(stack: Project, source: Source, world: World, prefix: str) -> None:
    """A container removed by hand is made again by an update that refreshes."""
    stack.up(source())
    world.api.remove_container(f"{prefix}-web", force=True)
    assert stack.up(source(), "--refresh").code == 0
    assert the_container(world, prefix)["State"]["Running"]


def test_a_destroy_leaves_nothing(stack: Project, source: Source, world: World, prefix: str) -> None:
    """Neither container nor network is left."""
    stack.up(source())
    assert stack.change("destroy", "--skip-preview").code == 0
    assert not world.api.containers(all=True, filters={"name": prefix})
    assert not world.api.networks(names=[prefix])


def test_no_daemon(project: Project, source: Source, plugin: Plugin, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a daemon a preview fails.

    Deviates: ours says where it looked and what to do, once.
    """
    monkeypatch.setenv("DOCKER_HOST", "unix:///nonexistent.sock")
    project.program(source())
    failed = project.change("preview")
    assert failed.code != 0
    if plugin.official:
        assert "failed to connect to any docker daemon" in failed.text
        return
    told = failed.text[failed.text.index("Diagnostics:") :]
    assert told.count("no Docker daemon answers at unix:///nonexistent.sock (from DOCKER_HOST)") == 1
    assert "systemctl start docker" in told
