"""Check: defaults, names, and what is refused before anything is touched."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from toolchain.conformance.docker.changes import checked
from toolchain.conformance.docker.conftest import BASE, CONTAINER, IMAGE, NETWORK, REMOTE_IMAGE, VOLUME
from toolchain.conformance.engine import Plugin, Refused
from toolchain.plugins.rpc import UNKNOWN

if TYPE_CHECKING:
    from toolchain.plugins.rpc.values import Values

CONTAINER_DEFAULTS = {
    "containerReadRefreshTimeoutMilliseconds": 15000,
    "mustRun": True,
    "networkMode": "bridge",
    "removeVolumes": True,
    "restart": "no",
    "start": True,
    "waitTimeout": 60,
}
BUILD_FOLDER = Path(__file__).parent / "context"


def test_defaults_of_a_container(plugin: Plugin) -> None:
    """What the program leaves out is filled in, and noted as such."""
    inputs = checked(plugin, CONTAINER, {"name": "n", "image": BASE})
    assert inputs == {"name": "n", "image": BASE, **CONTAINER_DEFAULTS, "__defaults": sorted(CONTAINER_DEFAULTS)}


def test_defaults_of_ports(plugin: Plugin) -> None:
    """A port is TCP on all addresses."""
    (port,) = checked(plugin, CONTAINER, {"name": "n", "image": BASE, "ports": [{"internal": 80}]})["ports"]
    assert (port["ip"], port["protocol"]) == ("0.0.0.0", "tcp")  # noqa: S104 - a default of Docker


def test_defaults_of_ports_do_not_move(plugin: Plugin) -> None:
    """A port's defaults do not depend on what stood at its place before.

    Deviates: the official plugin takes them from the old port of the same index.
    """
    old = checked(plugin, CONTAINER, {"name": "n", "image": BASE, "ports": [{"internal": 53, "protocol": "udp"}]})
    old["ports"][0]["__defaults"] = ["ip", "protocol"]  # as after a refresh
    (port,) = checked(plugin, CONTAINER, {"name": "n", "image": BASE, "ports": [{"internal": 80}]}, old)["ports"]
    assert port["protocol"] == ("udp" if plugin.official else "tcp")


@pytest.mark.parametrize(
    ("token", "given", "defaults"),
    [
        (NETWORK, {"name": "n"}, {"ipamDriver": "default"}),
        (VOLUME, {"name": "n"}, {}),
        (REMOTE_IMAGE, {"name": "n"}, {}),
    ],
)
def test_defaults_of_the_rest(plugin: Plugin, token: str, given: Values, defaults: Values) -> None:
    """Networks have one default, volumes and images none."""
    inputs = checked(plugin, token, given)
    inputs.pop("__defaults", None)
    assert inputs == given | defaults


@pytest.mark.parametrize("token", [CONTAINER, NETWORK, VOLUME])
def test_a_made_up_name(plugin: Plugin, token: str) -> None:
    """A name that the program leaves out is the resource's, a hyphen and 7 hexadecimal digits; it stays."""
    program = {"image": BASE} if token == CONTAINER else {}
    first = plugin.check(token, program, "web").inputs
    assert re.fullmatch("web-[0-9a-f]{7}", first["name"])
    assert "name" in first["__defaults"]
    assert plugin.check(token, program, "web", first).inputs["name"] == first["name"]


def test_a_name_that_is_dropped_stays(plugin: Plugin) -> None:
    """Dropping the name from the program keeps the object's."""
    old = checked(plugin, CONTAINER, {"name": "chosen", "image": BASE})
    assert checked(plugin, CONTAINER, {"image": BASE}, old)["name"] == "chosen"


def test_numbers_as_text(plugin: Plugin) -> None:
    """A number may come as text, as from configuration values."""
    assert checked(plugin, CONTAINER, {"name": "n", "image": BASE, "memory": "64"})["memory"] == 64


def test_unknown_values_pass(plugin: Plugin) -> None:
    """A preview's unknown values are accepted at every depth."""
    inputs = checked(
        plugin,
        CONTAINER,
        {
            "name": UNKNOWN,
            "image": UNKNOWN,
            "memory": UNKNOWN,
            "command": ["sleep", UNKNOWN],
            "labels": [{"label": "a", "value": UNKNOWN}],
            "networksAdvanced": [{"name": UNKNOWN, "ipv4Address": UNKNOWN}],
            "envs": UNKNOWN,
        },
    )
    assert inputs["image"] is UNKNOWN
    assert inputs["envs"] is UNKNOWN
    assert inputs["labels"][0]["value"] is UNKNOWN


REFUSED: list[tuple[str, str, Values, str]] = [
    ("container without image", CONTAINER, {"name": "n", "image": None}, "image"),
    ("container, unknown input", CONTAINER, {"bogusProp": 1}, "bogusProp"),
    (
        "container, unknown input inside",
        CONTAINER,
        {"networksAdvanced": [{"name": "n", "bogus": 1}]},
        "networksAdvanced",
    ),
    ("memory below zero", CONTAINER, {"memory": -5}, "'-5' cannot be lower than 0"),
    ("memory, no number", CONTAINER, {"memory": "lots"}, "lots"),
    ("unknown restart policy", CONTAINER, {"restart": "sometimes"}, "'sometimes' doesn't match the pattern"),
    ("unknown mount type", CONTAINER, {"mounts": [{"target": "/x", "type": "nfs"}]}, "doesn't match the pattern"),
    ("mount without target", CONTAINER, {"mounts": [{"type": "tmpfs"}]}, "target"),
    ("upload permissions", CONTAINER, {"uploads": [{"file": "/x", "content": "x", "permissions": "9"}]}, "pattern"),
    (
        "relative host path",
        CONTAINER,
        {"volumes": [{"containerPath": "/x", "hostPath": "rel/x"}]},
        "must be an absolute",
    ),
    (
        "bad duration",
        CONTAINER,
        {"healthcheck": {"tests": ["NONE"], "interval": "abc"}},
        "'abc' is not a valid duration",
    ),
    ("map for a list", CONTAINER, {"envs": {"A": "1"}}, "envs"),
    ("text for a map", CONTAINER, {"tmpfs": "x"}, "tmpfs"),
    ("network, unknown input", NETWORK, {"checkDuplicate": True}, "checkDuplicate"),
    ("network, label without value", NETWORK, {"labels": [{"label": "a"}]}, "value"),
    ("volume, unknown input", VOLUME, {"bogus": 1}, "bogus"),
    ("pulled image without name", REMOTE_IMAGE, {"name": None}, "name"),
    ("Dockerfile missing", IMAGE, {"build": {"context": str(BUILD_FOLDER / "nope")}}, "nope"),
]


def refusal(plugin: Plugin, token: str, program: Values) -> str:
    """What Check has against the inputs."""
    try:
        return "\n".join(failure.reason for failure in plugin.check(token, program).failures)
    except Refused as refused:
        return refused.text


@pytest.mark.parametrize(("token", "inputs", "told"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_what_is_refused(plugin: Plugin, token: str, inputs: Values, told: str) -> None:
    """Each wrong input is refused at Check, so at preview, with a text that names it."""
    bases: dict[str, Values] = {
        CONTAINER: {"name": "n", "image": BASE},
        IMAGE: {"imageName": "n", "skipPush": True, "buildOnPreview": False},
    }
    program = {key: value for key, value in (bases.get(token, {"name": "n"}) | inputs).items() if value is not None}
    assert told in refusal(plugin, token, program)


def test_all_problems_at_once(plugin: Plugin) -> None:
    """All wrong inputs of a resource are told together."""
    told = refusal(plugin, CONTAINER, {"name": "n", "image": BASE, "memory": -5, "restart": "x", "bogus": 1})
    assert all(word in told for word in ("-5", "restart", "bogus"))


@pytest.mark.parametrize(
    ("inputs", "told"),
    [
        ({"skipPush": False}, "skipPush: must be true"),
        ({"buildOnPreview": True}, "buildOnPreview: must be false"),
        ({"build": {"context": ".", "builderVersion": "BuilderBuildKit"}}, "BuilderV1"),
        ({"registry": {"server": "x"}}, "registry"),
    ],
)
def test_what_ours_does_not_do(plugin: Plugin, inputs: Values, told: str) -> None:
    """Deviates: what the official plugin can do with images and ours cannot is refused, never ignored."""
    if plugin.official:
        pytest.skip("the official plugin can")
    program = {"imageName": "n", "skipPush": True, "buildOnPreview": False, **inputs}
    assert told in refusal(plugin, IMAGE, program)
