"""Which change of a container's inputs updates it, replaces it, or means nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from toolchain.conformance.docker.changes import NONE, REPLACE, UPDATE, Change, effect_of, named
from toolchain.conformance.docker.conftest import CONTAINER, NETWORK, OWN, World, net

if TYPE_CHECKING:
    from collections.abc import Iterator

    from toolchain.conformance.engine import Object, Plugin

SUBNET, ADDRESS, OTHER_ADDRESS = f"{net(0)}.0/24", f"{net(0)}.10", f"{net(0)}.11"
SUBNET6, ADDRESS6, OTHER_ADDRESS6 = (f"fd00:203:{OWN:x}:1::{end}" for end in ("/64", "10", "11"))
PORTS = [
    {"internal": 53, "external": 27000 + OWN, "ip": "127.0.0.1", "protocol": "udp"},
    {"internal": 80, "external": 27001 + OWN, "ip": "127.0.0.1", "protocol": "tcp"},
]
FOLDER = "/tmp"  # noqa: S108 - of the container
EVERYWHERE = "0.0.0.0"  # noqa: S104 - the default of Docker
UNSEEN = "the official plugin never notices that the input is gone, and the container keeps it"
NO_EFFECT = "the official plugin updates the state and leaves the container as it was"

MINIMAL = [
    Change("nothing", {}, NONE),
    Change("name", {"name": "conformance-other"}, REPLACE, {"name": "UPDATE_REPLACE"}),
    Change("name dropped: kept", {"name": None}, NONE),
    Change("image", {"image": "other:1"}, REPLACE, {"image": "UPDATE_REPLACE"}),
    Change("command word", {"command": ["sleep", "60"]}, REPLACE, {"command[1]": "UPDATE_REPLACE"}),
    Change("command word more", {"command": ["sleep", "3600", "1"]}, REPLACE, {"command[2]": "ADD_REPLACE"}),
    Change("entrypoints", {"entrypoints": ["sh"]}, REPLACE),
    Change("hostname", {"hostname": "other"}, REPLACE, {"hostname": "UPDATE_REPLACE"}),
    Change("user", {"user": "www-data"}, REPLACE),
    Change("workingDir", {"workingDir": FOLDER}, REPLACE),
    Change("domainname", {"domainname": "x"}, REPLACE),
    Change("cpus", {"cpus": "0.5"}, REPLACE, {"cpus": "ADD_REPLACE"}),
    Change("pidMode", {"pidMode": "host"}, REPLACE, {"pidMode": "ADD_REPLACE"}),
    Change("privileged", {"privileged": True}, REPLACE),
    Change("readOnly", {"readOnly": True}, REPLACE),
    Change("readOnly false", {"readOnly": False}, NONE),
    Change("tty", {"tty": True}, REPLACE),
    Change("stdinOpen", {"stdinOpen": True}, REPLACE),
    Change("hosts", {"hosts": [{"host": "a", "ip": "10.0.0.1"}]}, REPLACE),
    Change("envs", {"envs": ["A=1"]}, REPLACE),
    Change("labels", {"labels": [{"label": "a", "value": "1"}]}, REPLACE),
    Change("capabilities", {"capabilities": {"adds": ["CAP_NET_ADMIN"]}}, REPLACE),
    Change("networkMode", {"networkMode": "none"}, REPLACE, {"networkMode": "UPDATE_REPLACE"}),
    Change("ports", {"ports": [{"internal": 80, "ip": EVERYWHERE, "protocol": "tcp"}]}, REPLACE),
    Change("volumes", {"volumes": [{"containerPath": "/x"}]}, REPLACE),
    Change("mounts", {"mounts": [{"target": "/x", "type": "tmpfs"}]}, REPLACE),
    Change("sysctls", {"sysctls": {"net.ipv4.ip_forward": "1"}}, REPLACE, {"sysctls": "ADD_REPLACE"}),
    Change("dns", {"dns": ["10.0.0.1"]}, REPLACE),
    Change("uploads", {"uploads": [{"file": "/x", "content": "x"}]}, REPLACE),
    Change("ulimits", {"ulimits": [{"name": "nofile", "soft": 100, "hard": 200}]}, REPLACE),
    Change("devices", {"devices": [{"hostPath": "/dev/null"}]}, REPLACE),
    Change("securityOpts", {"securityOpts": ["no-new-privileges:true"]}, REPLACE),
    Change("stopSignal", {"stopSignal": "SIGINT"}, REPLACE),
    Change("stopTimeout", {"stopTimeout": 3}, REPLACE),
    Change("shmSize", {"shmSize": 32}, REPLACE),
    Change("logDriver", {"logDriver": "none"}, REPLACE),
    Change("logOpts", {"logOpts": {"max-size": "1m"}}, REPLACE),
    Change("ipcMode", {"ipcMode": "host"}, REPLACE),
    Change("memory", {"memory": 64}, UPDATE, {"memory": "UPDATE"}),
    Change("memory and swap", {"memory": 64, "memorySwap": 128}, UPDATE),
    Change("cpuShares", {"cpuShares": 512}, UPDATE, {"cpuShares": "UPDATE"}),
    Change("cpuSet", {"cpuSet": "0"}, UPDATE, {"cpuSet": "UPDATE"}),
    Change("restart", {"restart": "always"}, UPDATE, {"restart": "UPDATE"}),
    Change("mustRun", {"mustRun": False}, UPDATE, {"mustRun": "UPDATE"}),
    Change("destroyGraceSeconds", {"destroyGraceSeconds": 5}, UPDATE),
    Change("wait", {"wait": True}, UPDATE),
    Change("waitTimeout", {"waitTimeout": 5}, UPDATE, {"waitTimeout": "UPDATE"}),
    Change("tmpfs", {"tmpfs": {"/run": ""}}, REPLACE, official=UPDATE, deviates=NO_EFFECT),
    Change("init", {"init": True}, REPLACE, official=UPDATE, deviates=NO_EFFECT),
    Change("healthcheck", {"healthcheck": {"tests": ["NONE"]}}, REPLACE, official=UPDATE, deviates=NO_EFFECT),
    Change("rm", {"rm": True}, REPLACE, official=UPDATE, deviates=NO_EFFECT),
]

RICH = [
    Change("nothing", {}, NONE),
    Change("envs in another order", {"envs": ["A=1", "B=2"]}, NONE),
    Change("env value", {"envs": ["B=2", "A=9"]}, REPLACE),
    Change("envs removed", {"envs": None}, REPLACE, official=NONE, deviates=UNSEEN),
    Change("envs empty", {"envs": []}, REPLACE),
    Change("labels in another order", {"labels": [{"label": "b", "value": "2"}, {"label": "a", "value": "1"}]}, NONE),
    Change("label value", {"labels": [{"label": "a", "value": "1"}, {"label": "b", "value": "9"}]}, REPLACE),
    Change("one label removed", {"labels": [{"label": "a", "value": "1"}]}, REPLACE),
    Change("labels removed", {"labels": None}, REPLACE, official=NONE, deviates=UNSEEN),
    Change("labels empty", {"labels": []}, REPLACE, official=NONE, deviates=UNSEEN),
    Change("hostname removed", {"hostname": None}, REPLACE, official=NONE, deviates=UNSEEN),
    Change("user removed", {"user": None}, REPLACE, official=NONE, deviates=UNSEEN),
    Change("workingDir removed", {"workingDir": None}, REPLACE, official=NONE, deviates=UNSEEN),
    Change("command removed", {"command": None}, REPLACE, official=NONE, deviates=UNSEEN),
    Change("stopSignal removed", {"stopSignal": None}, REPLACE, official=NONE, deviates=UNSEEN),
    Change("stopTimeout removed", {"stopTimeout": None}, REPLACE, official=NONE, deviates=UNSEEN),
    Change("shmSize removed", {"shmSize": None}, REPLACE, official=NONE, deviates=UNSEEN),
    Change("logDriver removed", {"logDriver": None}, REPLACE, official=NONE, deviates=UNSEEN),
    Change("securityOpts removed", {"securityOpts": None}, REPLACE, official=NONE, deviates=UNSEEN),
    Change("init removed", {"init": None}, REPLACE, official=NONE, deviates=UNSEEN),
    Change("healthcheck removed", {"healthcheck": None}, REPLACE, official=NONE, deviates=UNSEEN),
    Change("capabilities in another order", {"capabilities": {"adds": ["CAP_NET_RAW", "CAP_NET_ADMIN"]}}, NONE),
    Change(
        "capabilities as Linux's headers write them",
        {"capabilities": {"adds": ["net_admin", "NET_RAW"]}},
        NONE,
        official=REPLACE,
        deviates="one capability in two spellings is no change",
    ),
    Change("one capability removed", {"capabilities": {"adds": ["CAP_NET_RAW"]}}, REPLACE),
    Change("capabilities removed", {"capabilities": None}, REPLACE),
    Change("dns removed", {"dns": None}, REPLACE),
    Change(
        "dns in another order",
        {"dns": ["10.0.0.1", "10.0.0.9"]},
        REPLACE,
        official=NONE,
        deviates="the first name server is asked first",
    ),
    Change("tmpfs option", {"tmpfs": {"/run": "size=1m"}}, REPLACE, official=UPDATE, deviates=NO_EFFECT),
    Change("sysctl", {"sysctls": {"net.ipv4.ip_nonlocal_bind": "0"}}, REPLACE),
    Change("sysctls removed", {"sysctls": None}, REPLACE),
    Change(
        "healthcheck retries",
        {"healthcheck": {"tests": ["CMD", "true"], "interval": "60s", "retries": 4}},
        REPLACE,
        official=UPDATE,
        deviates=NO_EFFECT,
    ),
    Change(
        "healthcheck in Go's words", {"healthcheck": {"tests": ["CMD", "true"], "interval": "1m0s", "retries": 3}}, NONE
    ),
    Change("memory", {"memory": 96}, UPDATE),
    Change("memorySwap unlimited", {"memorySwap": -1}, UPDATE),
    Change("cpuShares", {"cpuShares": 256}, UPDATE, {"cpuShares": "UPDATE"}),
    Change(
        "cpuShares removed",
        {"cpuShares": None},
        REPLACE,
        official=UPDATE,
        deviates="Docker cannot take a limit away from a container; the official plugin leaves it there",
    ),
    Change("restart removed", {"restart": None}, UPDATE),
    Change("maxRetryCount", {"maxRetryCount": 3}, UPDATE),
    Change("ulimit", {"ulimits": [{"name": "nofile", "soft": 100, "hard": 300}]}, REPLACE),
    Change("host", {"hosts": [{"host": "a", "ip": "10.0.0.2"}]}, REPLACE),
    Change("volumes removed", {"volumes": None}, REPLACE),
    Change("volume read-only", {"volumes": [{"containerPath": "/data", "readOnly": True}]}, REPLACE),
    Change("networksAdvanced removed", {"networksAdvanced": None}, REPLACE),
    Change(
        "mount read-only",
        {"mounts": [{"target": "/m", "type": "bind", "source": "/etc/hostname", "readOnly": True}]},
        REPLACE,
        official=UPDATE,
        deviates=NO_EFFECT,
    ),
    Change("upload content", {"uploads": [{"file": "/etc/motd", "content": "other"}]}, REPLACE),
    Change("port number", {"ports": [PORTS[0], PORTS[1] | {"external": 26999}]}, REPLACE),
    Change("ports removed", {"ports": None}, REPLACE),
    Change("ports in another order", {"ports": PORTS[::-1]}, NONE),
    Change("destroyGraceSeconds removed", {"destroyGraceSeconds": None}, UPDATE),
]


@pytest.fixture(scope="module")
def minimal(plugin: Plugin, world: World) -> Iterator[Object]:
    """A container with nothing but what it must have."""
    made = plugin.create(CONTAINER, world.sleeper())
    yield made
    plugin.delete(made)


@pytest.fixture(scope="module")
def network(plugin: Plugin, world: World) -> Iterator[Object]:
    """A network for the rich container."""
    pools = [{"subnet": SUBNET}, {"subnet": SUBNET6}]
    made = plugin.create(NETWORK, {"name": world.name("net"), "ipamConfigs": pools, "ipv6": True})
    yield made
    plugin.delete(made)


@pytest.fixture(scope="module")
def rich(plugin: Plugin, world: World, network: Object) -> Iterator[Object]:
    """A container with most of what can be set."""
    made = plugin.create(
        CONTAINER,
        world.sleeper(
            envs=["B=2", "A=1"],
            labels=[{"label": "a", "value": "1"}, {"label": "b", "value": "2"}],
            hostname="rich",
            user="root",
            workingDir=FOLDER,
            stopSignal="SIGINT",
            stopTimeout=3,
            shmSize=32,
            logDriver="json-file",
            securityOpts=["no-new-privileges:true"],
            init=True,
            healthcheck={"tests": ["CMD", "true"], "interval": "1m0s", "retries": 3},
            capabilities={"adds": ["CAP_NET_ADMIN", "CAP_NET_RAW"]},
            dns=["10.0.0.9", "10.0.0.1"],
            tmpfs={"/run": ""},
            sysctls={"net.ipv4.ip_nonlocal_bind": "1", "net.ipv6.ip_nonlocal_bind": "1"},
            memory=64,
            memorySwap=128,
            cpuShares=512,
            restart="on-failure",
            maxRetryCount=2,
            ulimits=[{"name": "nofile", "soft": 100, "hard": 200}],
            hosts=[{"host": "a", "ip": "10.0.0.1"}],
            volumes=[{"containerPath": "/data"}],
            mounts=[{"target": "/m", "type": "bind", "source": "/etc/hostname"}],
            uploads=[{"file": "/etc/motd", "content": "hello"}],
            destroyGraceSeconds=1,
            networksAdvanced=[
                {
                    "name": network.outputs["name"],
                    "ipv4Address": ADDRESS,
                    "ipv6Address": ADDRESS6,
                    "aliases": ["b", "a"],
                }
            ],
            ports=PORTS,
        ),
    )
    yield made
    plugin.delete(made)


@named(MINIMAL)
def test_a_change_of_a_plain_container(plugin: Plugin, minimal: Object, change: Change) -> None:
    """Each input that is added has the effect of its row."""
    change.hold(plugin, minimal)


@named(RICH)
def test_a_change_of_a_rich_container(plugin: Plugin, rich: Object, change: Change) -> None:
    """Each input that is changed or removed has the effect of its row."""
    change.hold(plugin, rich)


@named(
    [
        Change("address", {"ipv4Address": OTHER_ADDRESS}, REPLACE, {"networksAdvanced": "UPDATE_REPLACE"}),
        Change("IPv6 address", {"ipv6Address": OTHER_ADDRESS6}, REPLACE, {"networksAdvanced": "UPDATE_REPLACE"}),
        Change("aliases in another order", {"aliases": ["a", "b"]}, NONE),
        Change("alias", {"aliases": ["c"]}, REPLACE, {"networksAdvanced": "UPDATE_REPLACE"}),
    ]
)
def test_a_change_of_an_endpoint(plugin: Plugin, rich: Object, change: Change) -> None:
    """A changed address or alias needs a new container."""
    endpoint = rich.inputs["networksAdvanced"][0] | change.inputs
    Change(change.title, {"networksAdvanced": [endpoint]}, change.effect, change.paths).hold(plugin, rich)


def test_a_refresh_finds_nothing(plugin: Plugin, minimal: Object, rich: Object) -> None:
    """What was made and not touched reads back as the program wrote it.

    Deviates: the official plugin finds changes in `init`, `tmpfs` and the like for ever.
    """
    for made in (minimal, rich):
        found = plugin.read(made)
        assert found.id
        assert found.id == made.id
        if not plugin.official:
            assert effect_of(plugin.diff(found, made.inputs)) == NONE
            assert found.inputs == made.inputs


def test_what_docker_was_asked_for(world: World, rich: Object, plugin: Plugin) -> None:
    """Each input reaches Docker, in its units."""
    found = world.inspect(rich)
    config, host = found["Config"], found["HostConfig"]
    assert config["Env"][:2] in (["B=2", "A=1"], ["A=1", "B=2"])
    assert config["Labels"] == {"a": "1", "b": "2"}
    assert (config["Hostname"], config["User"], config["WorkingDir"]) == ("rich", "root", FOLDER)
    assert (config["StopSignal"], config["StopTimeout"]) == ("SIGINT", 3)
    assert config["Healthcheck"] == {"Test": ["CMD", "true"], "Interval": 60_000_000_000, "Retries": 3}
    assert sorted(host["CapAdd"]) == ["CAP_NET_ADMIN", "CAP_NET_RAW"]
    assert (host["Memory"], host["MemorySwap"], host["CpuShares"]) == (64 << 20, 128 << 20, 512)
    assert host["ShmSize"] == 32 << 20
    assert host["RestartPolicy"] == {"Name": "on-failure", "MaximumRetryCount": 2}
    assert host["Tmpfs"] == {"/run": ""}
    assert host["Sysctls"] == {"net.ipv4.ip_nonlocal_bind": "1", "net.ipv6.ip_nonlocal_bind": "1"}
    assert host["Ulimits"] == [{"Name": "nofile", "Soft": 100, "Hard": 200}]
    assert host["ExtraHosts"] == ["a:10.0.0.1"]
    assert host["SecurityOpt"] == ["no-new-privileges:true"]
    assert host["Init"] is True
    assert host["Mounts"][0]["Target"] == "/m"
    assert "/data" in {mount["Destination"] for mount in found["Mounts"]}
    # Deviates: the official plugin sorts them, and the resolver asks them in that order.
    assert host["Dns"] == (["10.0.0.1", "10.0.0.9"] if plugin.official else ["10.0.0.9", "10.0.0.1"])


def test_the_container_is_on_its_network(world: World, rich: Object, network: Object) -> None:
    """It has its address and its aliases, and is on no other network."""
    here = world.inspect(rich)["NetworkSettings"]["Networks"]
    assert list(here) == [network.outputs["name"]]
    assert here[network.outputs["name"]]["IPAddress"] == ADDRESS
    assert here[network.outputs["name"]]["GlobalIPv6Address"] == ADDRESS6
    assert {"a", "b"} <= set(here[network.outputs["name"]]["Aliases"])


def test_the_outputs_of_a_running_container(rich: Object, network: Object) -> None:
    """Addresses are outputs."""
    assert [(item["networkName"], item["ipAddress"]) for item in rich.outputs["networkDatas"]] == [
        (network.outputs["name"], ADDRESS)
    ]
    assert rich.outputs["mustRun"] is True


def test_uploads_are_there_before_the_start(world: World, rich: Object) -> None:
    """An uploaded file has its content and mode, and belongs to root."""
    stream, stat = world.api.get_archive(rich.id, "/etc/motd")
    assert b"hello" in b"".join(stream)
    assert stat["mode"] & 0o777 == 0o644
