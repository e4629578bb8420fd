"""Volumes: changes, what is in their way, and their end."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from toolchain.conformance.docker.changes import NONE, REPLACE, Change, effect_of, named
from toolchain.conformance.docker.conftest import CONTAINER, VOLUME, World
from toolchain.conformance.engine import Object, Plugin, Refused

if TYPE_CHECKING:
    from collections.abc import Iterator

ROWS = [
    Change("nothing", {}, NONE),
    Change("name", {"name": "conformance-other"}, REPLACE, {"name": "UPDATE_REPLACE"}),
    Change("name dropped: kept", {"name": None}, NONE),
    Change("labels removed", {"labels": None}, REPLACE, {"labels": "DELETE_REPLACE"}),
    Change("label", {"labels": [{"label": "a", "value": "2"}]}, REPLACE),
    Change(
        "driver option",
        {"driverOpts": {"type": "tmpfs", "device": "tmpfs", "o": "size=2m"}},
        REPLACE,
        {"driverOpts.o": "UPDATE_REPLACE"},
    ),
    Change("the driver that it has", {"driver": "local"}, NONE),
    Change("driver", {"driver": "other"}, REPLACE),
]


@pytest.fixture(scope="module")
def volume(plugin: Plugin, world: World) -> Iterator[Object]:
    """A volume with all that can be set."""
    options = {"type": "tmpfs", "device": "tmpfs", "o": "size=1m"}
    made = plugin.create(
        VOLUME, {"name": world.name("volume"), "labels": [{"label": "a", "value": "1"}], "driverOpts": options}
    )
    yield made
    plugin.delete(made)


@named(ROWS)
def test_a_change_of_a_volume(plugin: Plugin, volume: Object, change: Change) -> None:
    """Every change of a volume makes a new one."""
    change.hold(plugin, volume)


def test_a_volume(plugin: Plugin, world: World, volume: Object) -> None:
    """A volume's id is its name; it reads back as it was written."""
    assert volume.id == volume.inputs["name"]
    assert volume.outputs["mountpoint"].endswith(f"{volume.id}/_data")
    assert world.api.inspect_volume(volume.id)["Labels"] == {"a": "1"}
    found = plugin.read(volume)
    assert found.id
    assert effect_of(plugin.diff(found, volume.inputs)) == NONE


def test_a_volume_that_was_made_again(plugin: Plugin, world: World) -> None:
    """A volume that somebody made again, otherwise, is replaced after a refresh."""
    made = plugin.create(VOLUME, {"name": world.name("volume"), "labels": [{"label": "a", "value": "1"}]})
    world.api.remove_volume(made.id)
    world.api.create_volume(made.id, labels={"a": "2"})
    found = plugin.read(made)
    assert found.id
    assert effect_of(plugin.diff(found, made.inputs)) == REPLACE
    plugin.delete(made)


def test_a_name_that_is_taken(plugin: Plugin, world: World) -> None:
    """A volume that exists already is refused.

    Deviates: the official plugin shares it without a word, and a destroy deletes its data.
    """
    name = world.name("volume")
    world.api.create_volume(name)
    if plugin.official:
        plugin.delete(plugin.create(VOLUME, {"name": name}))
        return
    with pytest.raises(Refused, match=f"`docker volume rm {name}`"):
        plugin.create(VOLUME, {"name": name})


def test_a_volume_of_its_own_is_taken_up(plugin: Plugin, world: World) -> None:
    """A volume of this name and with these labels was made by a run that was killed, or left it: its data stay."""
    inputs = {"name": world.name("volume"), "labels": [{"label": "stack", "value": world.prefix}]}
    world.api.create_volume(inputs["name"], labels={"stack": world.prefix})
    made = world.api.inspect_volume(inputs["name"])["CreatedAt"]
    taken = plugin.create(VOLUME, inputs)
    assert made == world.api.inspect_volume(taken.id)["CreatedAt"]
    plugin.delete(taken)


@pytest.mark.parametrize("labels", [None, [{"label": "stack", "value": "another"}]])
def test_a_volume_of_somebody_else(plugin: Plugin, world: World, labels: list[dict[str, str]] | None) -> None:
    """A volume with other labels, or with none, is refused.

    Deviates: see `test_a_name_that_is_taken`.
    """
    name = world.name("volume")
    world.api.create_volume(name, labels={"stack": world.prefix})
    if plugin.official:
        plugin.delete(plugin.create(VOLUME, {"name": name, "labels": labels}))
        return
    with pytest.raises(Refused, match=f"`docker volume rm {name}`"):
        plugin.create(VOLUME, {"name": name, "labels": labels})


def test_a_volume_that_docker_refuses(plugin: Plugin) -> None:
    """A name that Docker refuses is told in its own words."""
    with pytest.raises(Refused, match="invalid characters for a local volume name"):
        plugin.create(VOLUME, {"name": "a b"})


def test_a_volume_in_use_stays(plugin: Plugin, world: World) -> None:
    """A volume that a container uses is not removed.

    Deviates: ours says so at once and names the container; the official plugin tries for 30 s.
    """
    made = plugin.create(VOLUME, {"name": world.name("volume")})
    container = plugin.create(CONTAINER, world.sleeper(volumes=[{"containerPath": "/x", "volumeName": made.id}]))
    with pytest.raises(Refused) as refused:
        plugin.delete(made)
    assert ("in_use" if plugin.official else container.inputs["name"]) in refused.value.text
    plugin.delete(container)
    plugin.delete(made)


def test_a_volume_that_is_gone(plugin: Plugin, world: World) -> None:
    """A volume removed by hand is gone for a refresh; a delete succeeds."""
    made = plugin.create(VOLUME, {"name": world.name("volume")})
    world.api.remove_volume(made.id)
    assert not plugin.read(made).id
    plugin.delete(made)
