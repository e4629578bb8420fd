"""Networks: changes, what is in their way, and their end."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from toolchain.conformance.docker.changes import NONE, REPLACE, Change, effect_of, named
from toolchain.conformance.docker.conftest import CONTAINER, NETWORK, OWN, World, net
from toolchain.conformance.engine import Object, Plugin, Refused
from toolchain.plugins.rpc import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Iterator

    from toolchain.plugins.rpc.values import Values

SUBNET, OVERLAPPING, FREE = f"{net(3)}.0/24", f"{net(3)}.128/25", f"{net(4)}.0/24"
SECOND_SUBNET = f"fd00:203:{OWN}::/64"
BRIDGE = f"conf-{OWN}"
POOL = {"subnet": SUBNET, "gateway": f"{net(3)}.1", "ipRange": OVERLAPPING}
SECOND_POOL = {"subnet": SECOND_SUBNET, "auxAddress": {"router": f"fd00:203:{OWN}::fe"}}
UNSEEN = "the official plugin never notices that the input is gone, and the network keeps it"

ROWS = [
    Change("nothing", {}, NONE),
    Change("name", {"name": "conformance-other"}, REPLACE, {"name": "UPDATE_REPLACE"}),
    Change("name dropped: kept", {"name": None}, NONE),
    Change("labels in another order", {"labels": [{"label": "b", "value": "2"}, {"label": "a", "value": "1"}]}, NONE),
    Change("one label removed", {"labels": [{"label": "a", "value": "1"}]}, REPLACE),
    Change("labels removed", {"labels": None}, REPLACE, {"labels": "DELETE_REPLACE"}),
    Change("pools in another order", {"ipamConfigs": [SECOND_POOL, POOL]}, NONE),
    Change("subnet", {"ipamConfigs": [{"subnet": FREE}]}, REPLACE, {"ipamConfigs": "UPDATE_REPLACE"}),
    Change("gateway", {"ipamConfigs": [POOL | {"gateway": f"{net(3)}.2"}, SECOND_POOL]}, REPLACE),
    Change("ipRange", {"ipamConfigs": [POOL | {"ipRange": f"{net(3)}.64/26"}, SECOND_POOL]}, REPLACE),
    Change("auxAddress", {"ipamConfigs": [POOL, {"subnet": SECOND_SUBNET}]}, REPLACE),
    Change("pools removed", {"ipamConfigs": None}, REPLACE, official=NONE, deviates=UNSEEN),
    Change("internal", {"internal": True}, REPLACE, {"internal": "UPDATE_REPLACE"}),
    Change("attachable", {"attachable": True}, REPLACE),
    Change("ipv6 removed", {"ipv6": None}, REPLACE),
    Change("option", {"options": {"com.docker.network.bridge.name": "conf-other"}}, REPLACE),
    Change("options removed", {"options": None}, REPLACE, official=NONE, deviates=UNSEEN),
    Change("driver", {"driver": "macvlan"}, REPLACE),
    Change("the driver that it has", {"driver": "bridge"}, NONE),
]


@pytest.fixture(scope="module")
def network(plugin: Plugin, world: World) -> Iterator[Object]:
    """A network with most of what can be set."""
    made = plugin.create(
        NETWORK,
        {
            "name": world.name("net"),
            "ipamConfigs": [POOL, SECOND_POOL],
            "ipv6": True,
            "labels": [{"label": "a", "value": "1"}, {"label": "b", "value": "2"}],
            "options": {"com.docker.network.bridge.name": BRIDGE},
        },
    )
    yield made
    plugin.delete(made)


@named(ROWS)
def test_a_change_of_a_network(plugin: Plugin, network: Object, change: Change) -> None:
    """Every change of a network makes a new one, after the old one where the program chose the name."""
    change.hold(plugin, network)


def test_what_docker_was_asked_for(world: World, network: Object) -> None:
    """Pools, options and labels reach Docker."""
    found = world.api.inspect_network(network.id)
    pools = {pool["Subnet"]: pool for pool in found["IPAM"]["Config"]}
    assert pools[SUBNET]["Gateway"] == f"{net(3)}.1"
    assert pools[SUBNET]["IPRange"] == OVERLAPPING
    assert pools[SECOND_SUBNET]["AuxiliaryAddresses"] == {"router": f"fd00:203:{OWN}::fe"}
    assert found["Options"] == {"com.docker.network.bridge.name": BRIDGE}
    assert found["Labels"] == {"a": "1", "b": "2"}


def test_a_refresh_finds_nothing(plugin: Plugin, network: Object) -> None:
    """A network that was not touched reads back as the program wrote it."""
    found = plugin.read(network)
    assert found.id
    assert found.id == network.id
    assert effect_of(plugin.diff(found, network.inputs)) == NONE


def test_a_network_with_a_made_up_name(plugin: Plugin, world: World) -> None:
    """One whose name nobody chose is replaced create first; Docker chooses its subnet, which is an output."""
    made = plugin.create(NETWORK, {}, name=world.name("auto"))
    (pool,) = made.outputs["ipamConfigs"]
    assert pool["subnet"]
    assert pool["gateway"]
    Change("internal", {"internal": True}, REPLACE).hold(plugin, made, deletes_first=False)
    plugin.delete(made)


def test_a_preview_of_a_network(plugin: Plugin) -> None:
    """A preview knows the name, and not what Docker will choose."""
    shown = plugin.create(NETWORK, {"name": "n", "labels": [{"label": "a", "value": UNKNOWN}]}, preview=True).outputs
    assert shown["name"] == "n"
    assert shown["driver"] is UNKNOWN
    assert shown["labels"][0]["value"] is UNKNOWN


REFUSED: list[tuple[str, Values, str]] = [
    ("subnet", {"ipamConfigs": [{"subnet": "nope"}]}, "nope"),
    ("gateway outside", {"ipamConfigs": [{"subnet": FREE, "gateway": "10.0.0.1"}]}, "10.0.0.1"),
    ("gateway", {"ipamConfigs": [{"subnet": FREE, "gateway": "xx"}]}, "xx"),
    ("predefined name", {"name": "host"}, "predefined host network"),
    ("driver needs a swarm", {"driver": "overlay"}, "swarm"),
]


@pytest.mark.parametrize(("inputs", "told"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_a_network_that_docker_refuses(plugin: Plugin, world: World, inputs: Values, told: str) -> None:
    """What Docker refuses leaves nothing; its own words are told."""
    with pytest.raises(Refused) as refused:
        plugin.create(NETWORK, {"name": world.name("bad"), **inputs})
    assert told in refused.value.text
    assert refused.value.left is None


def test_a_name_that_is_taken(plugin: Plugin, network: Object) -> None:
    """A second network of a name is refused.

    Deviates: ours tells the subnets of the one in the way, and what to do.
    """
    name = network.inputs["name"]
    with pytest.raises(Refused, match=f"network with name {name} already exists") as refused:
        plugin.create(NETWORK, {"name": name, "ipamConfigs": [{"subnet": FREE}]})
    if not plugin.official:
        assert SUBNET in refused.value.text
        assert f"`docker network rm {name}`" in refused.value.text


def test_a_subnet_that_overlaps(plugin: Plugin, world: World, network: Object) -> None:
    """A subnet that overlaps another network's is refused.

    Deviates: ours names that network.
    """
    with pytest.raises(Refused, match="overlaps") as refused:
        plugin.create(NETWORK, {"name": world.name("net"), "ipamConfigs": [{"subnet": OVERLAPPING}]})
    if not plugin.official:
        assert f'network "{network.inputs["name"]}" ({SUBNET})' in refused.value.text


def test_a_network_in_use_stays(plugin: Plugin, world: World) -> None:
    """A network with a container on it is not removed.

    Deviates: ours says so at once and names the container; the official plugin tries for 30 s.
    """
    made = plugin.create(NETWORK, {"name": world.name("net"), "ipamConfigs": [{"subnet": FREE}]})
    container = plugin.create(CONTAINER, world.sleeper(networksAdvanced=[{"name": made.inputs["name"]}]))
    with pytest.raises(Refused) as refused:
        plugin.delete(made)
    assert ("30s" if plugin.official else container.inputs["name"]) in refused.value.text
    plugin.delete(container)
    plugin.delete(made)


def test_a_network_that_is_gone(plugin: Plugin, world: World) -> None:
    """A network removed by hand is gone for a refresh; a delete succeeds."""
    made = plugin.create(NETWORK, {"name": world.name("net"), "ipamConfigs": [{"subnet": FREE}]})
    world.api.remove_network(made.id)
    assert not plugin.read(made).id
    plugin.delete(made)


def test_an_import(plugin: Plugin, network: Object) -> None:
    """A network can be read by its id alone, so that one left by a crash can be adopted."""
    found = plugin.read(Object(NETWORK, network.id, {}, {}))
    assert found.id
    assert found.inputs["name"] == network.inputs["name"]
    assert {pool["subnet"] for pool in found.inputs["ipamConfigs"]} == {SUBNET, SECOND_SUBNET}
