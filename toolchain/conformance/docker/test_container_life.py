"""A container's life: creation and its failures, changes in place, an administrator's hand, and the end."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest

from toolchain.conformance.docker.changes import NONE, REPLACE, UPDATE, checked, effect_of
from toolchain.conformance.docker.conftest import CONTAINER, NETWORK, OWN, World, net
from toolchain.conformance.engine import Object, Plugin, Refused
from toolchain.plugins.rpc import UNKNOWN

if TYPE_CHECKING:
    from toolchain.plugins.rpc.values import Values

SUBNET, SECOND_SUBNET = f"{net(1)}.0/24", f"{net(2)}.0/24"
ADDRESS, SECOND_ADDRESS, FREE_ADDRESS = f"{net(1)}.10", f"{net(2)}.10", f"{net(1)}.99"
PORT = 28000 + OWN
# Ends by itself, when told to, a second later.
SLOW_END = ["sh", "-c", "trap 'sleep 1; exit 42' TERM; while :; do sleep 0.1; done"]
Made = Callable[..., Object]


@pytest.fixture
def made(plugin: Plugin, world: World) -> Iterator[Made]:
    """Makes containers, which are gone after the test."""
    objects = []

    def make(**inputs: object) -> Object:
        objects.append(plugin.create(CONTAINER, world.sleeper(**inputs)))
        return objects[-1]

    yield make
    for item in objects:
        plugin.delete(item)


@pytest.fixture(scope="module")
def networks(plugin: Plugin, world: World) -> Iterator[tuple[Object, Object]]:
    """Two networks."""
    pair = tuple(
        plugin.create(NETWORK, {"name": world.name("net"), "ipamConfigs": [{"subnet": subnet}]})
        for subnet in (SUBNET, SECOND_SUBNET)
    )
    yield pair[0], pair[1]
    world.clear()  # containers that a failed test has left would keep the networks
    for item in pair:
        plugin.delete(item)


def addresses(world: World, container: Object) -> dict[str, str]:
    """A running container's addresses by network."""
    here = world.inspect(container)["NetworkSettings"]["Networks"]
    return {name: item["IPAddress"] for name, item in here.items()}


# --- creation ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", ["name", "id"])
@pytest.mark.parametrize("mode", [None, "default", "name", "id"])
def test_a_static_address(
    plugin: Plugin, world: World, made: Made, networks: tuple[Object, Object], key: str, mode: str | None
) -> None:
    """A container has the address that it was given, whatever its network mode, and however its network is named.

    Deviates: the official plugin loses it where `networkMode` names the network, too.
    """
    known = networks[0].outputs | {"id": networks[0].id}
    inputs = {"networkMode": known.get(mode, mode)} if mode else {}
    container = made(networksAdvanced=[{"name": known[key], "ipv4Address": ADDRESS}], **inputs)
    kept = addresses(world, container) == {known["name"]: ADDRESS}
    assert kept is (not plugin.official or mode not in ("name", "id"))


def test_two_networks(world: World, made: Made, networks: tuple[Object, Object]) -> None:
    """A container can be on several networks, with an address on each, and not on the default one."""
    names = [network.outputs["name"] for network in networks]
    pairs = zip(names, (ADDRESS, SECOND_ADDRESS), strict=True)
    container = made(networksAdvanced=[{"name": name, "ipv4Address": address} for name, address in pairs])
    assert addresses(world, container) == {names[0]: ADDRESS, names[1]: SECOND_ADDRESS}


def test_a_port_that_docker_chooses(plugin: Plugin, made: Made) -> None:
    """A port's external number may be left to Docker: it is an output, and no change."""
    container = made(ports=[{"internal": 80, "ip": "127.0.0.1", "protocol": "tcp"}])
    assert container.outputs["ports"][0]["external"]
    assert effect_of(plugin.diff(container, container.inputs)) == NONE
    assert effect_of(plugin.diff(plugin.read(container), container.inputs)) == NONE


def test_a_preview_touches_nothing(plugin: Plugin, world: World) -> None:
    """A preview tells what is known, leaves the rest unknown, and creates nothing."""
    inputs = world.sleeper(image=UNKNOWN, networksAdvanced=[{"name": "n", "ipv4Address": UNKNOWN}], memory=64)
    shown = plugin.create(CONTAINER, inputs, preview=True).outputs
    assert shown["image"] is UNKNOWN
    assert shown["networksAdvanced"][0]["ipv4Address"] is UNKNOWN
    assert shown["networkDatas"] is UNKNOWN
    assert shown["hostname"] is UNKNOWN
    assert shown["memory"] == 64
    assert not world.api.containers(all=True, filters={"name": inputs["name"]})


REFUSED: list[tuple[str, Values, str]] = [
    ("unknown capability", {"capabilities": {"adds": ["CAP_NOPE"]}}, 'unknown capability: "CAP_NOPE"'),
    ("memory too small", {"memory": 1}, "Minimum memory limit allowed is 6MB"),
    ("cpus", {"cpus": "abc"}, "abc"),
    ("container name", {"name": "bad name!"}, "Invalid container name (bad name!)"),
    (
        "mount point not absolute",
        {"volumes": [{"hostPath": "/x", "containerPath": "mnt"}]},
        "mount path must be absolute",
    ),
    ("bind source missing", {"mounts": [{"type": "bind", "source": "/nope", "target": "/x"}]}, "does not exist: /nope"),
    ("extra host", {"hosts": [{"host": "a", "ip": "xx"}]}, "invalid IP address in add-host"),
    ("image missing", {"image": "conformance/nope:1"}, "unable to pull image conformance/nope:1"),
    ("image by id missing", {"image": "sha256:" + "0" * 64}, "sha256:0000"),
]


@pytest.mark.parametrize(("inputs", "told"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_a_creation_that_docker_refuses(plugin: Plugin, world: World, inputs: Values, told: str) -> None:
    """What Docker refuses to create leaves nothing, neither in Docker nor in the state; its own words are told."""
    program = world.sleeper(**inputs)
    with pytest.raises(Refused) as refused:
        plugin.create(CONTAINER, program)
    assert told in refused.value.text
    assert refused.value.left is None
    assert not world.api.containers(all=True, filters={"name": world.prefix})


FAILING: list[tuple[str, Values, str]] = [
    ("executable", {"command": ["/nonexistent"]}, 'exec: "/nonexistent"'),
    ("user", {"user": "nouser"}, "unable to find user nouser"),
    ("device", {"devices": [{"hostPath": "/dev/nope"}]}, "/dev/nope"),
    ("sysctl", {"sysctls": {"no.such": "1"}}, "no.such"),
    ("empty upload", {"uploads": [{"file": "/x"}]}, "content"),
    ("wait without a health check", {"wait": True}, "healthcheck"),
    ("entrypoint", {"entrypoints": ["/nonexistent"]}, "/nonexistent"),
]


@pytest.mark.parametrize(("inputs", "told"), [row[1:] for row in FAILING], ids=[row[0] for row in FAILING])
def test_a_container_that_does_not_come_up(plugin: Plugin, world: World, inputs: Values, told: str) -> None:
    """A container that exists but did not come up is in the state, and the next update replaces it.

    Deviates: where the program sets `entrypoints`, the official plugin believes the next update without a look.
    """
    program = world.sleeper(**inputs)
    with pytest.raises(Refused) as refused:
        plugin.create(CONTAINER, program)
    left = refused.value.left
    assert left
    assert told in refused.value.text
    answer = plugin.diff(left, checked(plugin, CONTAINER, program, left.inputs))
    believed = plugin.official and "entrypoints" in inputs
    assert effect_of(answer) == (UPDATE if believed else REPLACE)
    assert answer.deletes_first is not believed
    plugin.delete(left)
    assert not world.api.containers(all=True, filters={"name": program["name"]})


def test_one_that_did_not_come_up_is_still_replaced_after_a_refresh(plugin: Plugin, world: World) -> None:
    """A refresh does not make a half-made container a good one.

    Deviates: the official plugin forgets what failed.
    """
    program = world.sleeper(wait=True)
    with pytest.raises(Refused) as refused:
        plugin.create(CONTAINER, program)
    assert refused.value.left
    found = plugin.read(refused.value.left)
    assert found.id
    assert effect_of(plugin.diff(found, checked(plugin, CONTAINER, program, found.inputs))) == (
        NONE if plugin.official else REPLACE
    )
    plugin.delete(found)


def test_a_name_that_is_taken(plugin: Plugin, world: World, made: Made) -> None:
    """The error names the container that is in the way.

    Deviates: ours tells its state and what to do.
    """
    holder = made()
    with pytest.raises(Refused) as refused:
        plugin.create(CONTAINER, world.sleeper(name=holder.inputs["name"]))
    assert f'The container name "/{holder.inputs["name"]}" is already in use' in refused.value.text
    assert refused.value.left is None
    if not plugin.official:
        assert f"`docker rm -f {holder.inputs['name']}`" in refused.value.text


def test_an_address_that_is_taken(plugin: Plugin, world: World, made: Made, networks: tuple[Object, Object]) -> None:
    """The error says so.

    Deviates: ours names the holder.
    """
    endpoint = {"name": networks[0].outputs["name"], "ipv4Address": ADDRESS}
    holder = made(networksAdvanced=[endpoint])
    with pytest.raises(Refused, match="Address already in use") as refused:
        plugin.create(CONTAINER, world.sleeper(networksAdvanced=[endpoint]))
    assert refused.value.left
    plugin.delete(refused.value.left)
    if not plugin.official:
        assert f'is held by container "{holder.inputs["name"]}"' in refused.value.text


def test_a_port_that_is_taken(plugin: Plugin, world: World, made: Made) -> None:
    """The error says so.

    Deviates: ours names the holder.
    """
    port = {"internal": 80, "external": PORT, "ip": "127.0.0.1"}
    holder = made(ports=[port])
    with pytest.raises(Refused, match="port is already allocated") as refused:
        plugin.create(CONTAINER, world.sleeper(ports=[port]))
    assert refused.value.left
    plugin.delete(refused.value.left)
    if not plugin.official:
        assert f'Port {PORT} is held by container "{holder.inputs["name"]}"' in refused.value.text


def test_a_port_that_another_process_holds(plugin: Plugin, world: World) -> None:
    """The error says so.

    Deviates: ours tells where to look.
    """
    with socket.create_server(("127.0.0.1", PORT)), pytest.raises(Refused, match="address already in use") as refused:
        plugin.create(CONTAINER, world.sleeper(ports=[{"internal": 80, "external": PORT, "ip": "127.0.0.1"}]))
    assert refused.value.left
    plugin.delete(refused.value.left)
    if not plugin.official:
        assert f"Port {PORT} is held by a process of the daemon's machine" in refused.value.text


def test_a_network_that_is_missing(plugin: Plugin, world: World) -> None:
    """The error names the network.

    Deviates: ours looks before it creates, so that nothing is left.
    """
    with pytest.raises(Refused, match="network conformance-nonet not found") as refused:
        plugin.create(CONTAINER, world.sleeper(networksAdvanced=[{"name": "conformance-nonet"}]))
    assert (refused.value.left is None) is not plugin.official
    if refused.value.left:
        plugin.delete(refused.value.left)


@pytest.mark.parametrize("restart", ["no", "always"])
def test_a_process_that_ends_at_once(plugin: Plugin, world: World, restart: str) -> None:
    """A container that must run and ends at once, or again and again, is a failed creation that shows its last output.

    Deviates: the official plugin takes it for a success.
    """
    program = world.sleeper(command=["sh", "-c", "echo no such setting; exit 7"], restart=restart)
    if plugin.official:
        plugin.delete(plugin.create(CONTAINER, program))
        return
    with pytest.raises(Refused) as refused:
        plugin.create(CONTAINER, program)
    assert refused.value.left
    assert "exit code 7" in refused.value.text
    assert "\n  no such setting" in refused.value.text
    plugin.delete(refused.value.left)


def test_a_process_that_may_end(plugin: Plugin, made: Made) -> None:
    """Without `mustRun` a process may end, and that is no change."""
    container = made(command=["true"], mustRun=False)
    found = plugin.read(container)
    assert found.id
    assert effect_of(plugin.diff(found, container.inputs)) == NONE


def test_a_container_that_is_not_started(plugin: Plugin, world: World, made: Made) -> None:
    """`start=False` creates the container only.

    Deviates: the official plugin reports a change of `mustRun` after each refresh.
    """
    container = made(start=False)
    assert world.inspect(container)["State"]["Status"] == "created"
    found = plugin.read(container)
    assert found.id
    assert effect_of(plugin.diff(found, container.inputs)) == (UPDATE if plugin.official else NONE)


def test_waiting_for_health(world: World, made: Made) -> None:
    """`wait` blocks until the health check succeeds."""
    container = made(
        wait=True,
        healthcheck={"tests": ["CMD", "test", "-e", "/ready"], "interval": "500ms"},
        command=["sh", "-c", "sleep 1; touch /ready; sleep 3600"],
    )
    assert world.inspect(container)["State"]["Health"]["Status"] == "healthy"


def test_waiting_for_health_that_does_not_come(plugin: Plugin, world: World) -> None:
    """A container that is not healthy in `waitTimeout` is a failed creation, and keeps running."""
    health = {"tests": ["CMD", "sh", "-c", "echo not yet; exit 1"], "interval": "500ms"}
    with pytest.raises(Refused, match="health") as refused:
        plugin.create(CONTAINER, world.sleeper(wait=True, waitTimeout=2, healthcheck=health))
    assert refused.value.left
    assert world.inspect(refused.value.left)["State"]["Running"]
    plugin.delete(refused.value.left)


# --- changes in place -------------------------------------------------------------------------------------------------


def test_limits_change_in_place(plugin: Plugin, world: World, made: Made) -> None:
    """Limits and the restart policy change without a new process."""
    container = made(memory=64, memorySwap=128)
    started = world.inspect(container)["State"]["StartedAt"]
    program = container.inputs | {"memory": 96, "memorySwap": 256, "cpuShares": 512, "restart": "always"}
    program.pop("__defaults")
    changed = plugin.update(container, program)
    found = world.inspect(container)
    host = found["HostConfig"]
    assert (host["Memory"], host["MemorySwap"], host["CpuShares"]) == (96 << 20, 256 << 20, 512)
    assert host["RestartPolicy"]["Name"] == "always"
    assert found["State"]["StartedAt"] == started
    assert changed.outputs["memory"] == 96


def test_more_memory_than_swap(plugin: Plugin, world: World, made: Made) -> None:
    """`memory` can grow where `memorySwap` is not given.

    Deviates: the official plugin leaves the swap limit as it was, which Docker refuses.
    """
    container = made(memory=64)
    program = world.sleeper(memory=512, name=container.inputs["name"])
    if plugin.official:
        with pytest.raises(Refused, match="memoryswap"):
            plugin.update(container, program)
        return
    plugin.update(container, program)
    assert world.inspect(container)["HostConfig"]["MemorySwap"] == 1024 << 20


def test_memory_without_swap_is_no_change(plugin: Plugin, made: Made) -> None:
    """The swap limit that Docker computes is no change.

    Deviates: the official plugin takes it away again and again.
    """
    container = made(memory=64)
    found = plugin.read(container)
    assert found.id
    assert effect_of(plugin.diff(found, container.inputs)) == (UPDATE if plugin.official else NONE)


def test_a_failed_update_is_not_believed(plugin: Plugin, made: Made) -> None:
    """After a failed update the state has the old values, so that the next one tries again.

    Deviates: the official plugin puts the new values into the state.
    """
    container = made(memory=64, memorySwap=128)
    program = {key: value for key, value in container.inputs.items() if key != "__defaults"} | {"memory": 1}
    with pytest.raises(Refused, match="memory limit") as refused:
        plugin.update(container, program)
    believed = refused.value.left is not None and refused.value.left.outputs["memory"] == 1
    assert believed is plugin.official


# --- an administrator's hand ------------------------------------------------------------------------------------------


def _stop(world: World, container: Object, _: str) -> None:
    world.api.kill(container.id)
    world.api.wait(container.id)


def _pause(world: World, container: Object, _: str) -> None:
    world.api.pause(container.id)


def _rename(world: World, container: Object, _: str) -> None:
    world.api.rename(container.id, world.name("renamed"))


def _shrink(world: World, container: Object, _: str) -> None:
    world.api.update_container(container.id, mem_limit="32m", memswap_limit="256m")


def _restart_always(world: World, container: Object, _: str) -> None:
    world.api.update_container(container.id, restart_policy={"Name": "always"})


def _detach(world: World, container: Object, _: str) -> None:
    (own,) = world.inspect(container)["NetworkSettings"]["Networks"]
    world.api.disconnect_container_from_network(container.id, own)


def _attach(world: World, container: Object, extra: str) -> None:
    world.api.connect_container_to_network(container.id, extra)


def _readdress(world: World, container: Object, extra: str) -> None:
    _detach(world, container, extra)
    own = container.inputs["networksAdvanced"][0]["name"]
    world.api.connect_container_to_network(container.id, own, ipv4_address=FREE_ADDRESS)


LOST = "the official plugin never compares the networks"
BY_HAND = [
    ("stopped", _stop, UPDATE, REPLACE, "the official plugin takes a stopped container's ports for lost"),
    ("paused", _pause, NONE, NONE, ""),
    ("renamed", _rename, REPLACE, REPLACE, ""),
    ("memory", _shrink, UPDATE, UPDATE, ""),
    ("restart policy", _restart_always, UPDATE, UPDATE, ""),
    ("taken off its network", _detach, REPLACE, REPLACE, "the official plugin sees that its port is gone"),
    ("put on another network", _attach, REPLACE, NONE, LOST),
    ("given another address", _readdress, REPLACE, NONE, LOST),
]


@pytest.mark.parametrize(("hand", "effect", "official"), [row[1:4] for row in BY_HAND], ids=[row[0] for row in BY_HAND])
def test_what_a_refresh_sees(
    plugin: Plugin,
    world: World,
    made: Made,
    networks: tuple[Object, Object],
    hand: Callable[[World, Object, str], None],
    effect: str,
    official: str,
) -> None:
    """What was changed by hand is seen by a refresh only, and undone by the next update."""
    endpoint = {"name": networks[0].outputs["name"], "ipv4Address": ADDRESS}
    container = made(
        networksAdvanced=[endpoint], ports=[{"internal": 80, "ip": "127.0.0.1"}], memory=64, memorySwap=256
    )
    hand(world, container, networks[1].outputs["name"])
    assert effect_of(plugin.diff(container, container.inputs)) == NONE
    found = plugin.read(container)
    assert found.id
    assert effect_of(plugin.diff(found, container.inputs)) == (official if plugin.official else effect)


def test_a_stopped_container_is_started(plugin: Plugin, world: World, made: Made) -> None:
    """A container that must run and was stopped is started by the update after a refresh."""
    container = made()
    _stop(world, container, "")
    found = plugin.read(container)
    assert found.id
    assert found.outputs["mustRun"] is False
    changed = plugin.update(found, {key: value for key, value in container.inputs.items() if key != "__defaults"})
    assert world.inspect(container)["State"]["Running"]
    assert changed.outputs["mustRun"] is True


def test_a_container_that_is_gone(plugin: Plugin, world: World, made: Made) -> None:
    """A container removed by hand is gone for a refresh, also when another one has its name; a delete succeeds."""
    container = made()
    world.api.remove_container(container.id, force=True)
    other = made(name=container.inputs["name"])
    assert not plugin.read(container).id
    plugin.delete(container)
    assert plugin.read(other).id


# --- the end ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("grace", "code"), [(5, "42"), (None, "137")])
def test_how_a_container_is_stopped(plugin: Plugin, world: World, grace: int | None, code: str) -> None:
    """With `destroyGraceSeconds` a process may end by itself; without, it is killed at once."""
    inputs = {"destroyGraceSeconds": grace} if grace else {}
    container = plugin.create(CONTAINER, world.sleeper(command=SLOW_END, **inputs))
    since = int(time.time()) - 1
    plugin.delete(container)
    ends = world.api.events(
        since=since, until=int(time.time()) + 1, filters={"container": container.id, "event": "die"}, decode=True
    )
    assert [end["Actor"]["Attributes"]["exitCode"] for end in ends] == [code]


def test_volumes_at_the_end(plugin: Plugin, world: World) -> None:
    """A container's anonymous volumes go with it, named ones stay."""
    kept = world.name("volume")
    volumes = [{"containerPath": "/a"}, {"containerPath": "/b", "volumeName": kept}]
    container = plugin.create(CONTAINER, world.sleeper(volumes=volumes))
    mounts = {mount["Destination"]: mount["Name"] for mount in world.inspect(container)["Mounts"]}
    plugin.delete(container)
    names = {volume["Name"] for volume in world.api.volumes()["Volumes"] or []}
    assert mounts["/a"] not in names
    assert kept in names


def test_a_paused_container_can_be_removed(plugin: Plugin, world: World) -> None:
    """A container goes in whatever state it is."""
    container = plugin.create(CONTAINER, world.sleeper())
    world.api.pause(container.id)
    plugin.delete(container)
    assert not plugin.read(container).id
