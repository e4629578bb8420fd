"""What runs when, with which input and environment, and what the state records."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from toolchain.conformance.command.kinds import LOCAL, REMOTE, Kind, output
from toolchain.conformance.engine import Object, Plugin, Refused
from toolchain.plugins.rpc import UNKNOWN, Secret

if TYPE_CHECKING:
    from pathlib import Path


PREVIOUS = 'echo "[$PULUMI_COMMAND_STDOUT][$PULUMI_COMMAND_STDERR]${PULUMI_COMMAND_STDOUT+set}"'


def test_create(plugin: Plugin, kind: Kind) -> None:
    """`create` runs with stdin and without earlier outputs; the state is the inputs, stdout and stderr, no more."""
    made = plugin.create(kind.token, kind.inputs(create=f"cat; echo err >&2; {PREVIOUS}", stdin="in\n"))
    assert output(made) == ("in\n[][]", "err")
    assert made.outputs == made.inputs | {"stdout": "in\n[][]", "stderr": "err"}


def test_id(plugin: Plugin, kind: Kind) -> None:
    """The id is the name and eight hex digits, another one each time, whatever the name."""
    ids = {plugin.create(kind.token, kind.inputs(), name="A b/c:d").id for _ in range(2)}
    assert len(ids) == 2
    assert all(re.fullmatch(r"A b/c:d[0-9a-f]{8}", id_) for id_ in ids)


def test_nothing_to_create(plugin: Plugin, kind: Kind) -> None:
    """Without `create` nothing runs and both outputs are empty; an empty script runs and says nothing."""
    assert output(plugin.create(kind.token, kind.inputs())) == ("", "")
    assert output(plugin.create(kind.token, kind.inputs(create=""))) == ("", "")


def test_no_connection_without_a_script(plugin: Plugin) -> None:
    """A remote command without a script for the occasion makes no connection."""
    base = {"connection": {"host": "192.0.2.1", "dialErrorLimit": 0, "perDialTimeout": 1}}
    made = plugin.create(REMOTE, base)
    plugin.delete(plugin.update(made, base | {"stdin": "a"}))


def test_update(plugin: Plugin, kind: Kind) -> None:
    """A change runs the new `update`, else the new `create`, with the new stdin and the last outputs."""
    made = plugin.create(kind.token, kind.inputs(create="echo out; echo err >&2"))
    changed = plugin.update(made, kind.inputs(create="false", update=f"cat; {PREVIOUS}", stdin="new "))
    assert str(changed.outputs["stdout"]).startswith("new [out][")
    again = plugin.update(changed, kind.inputs(create="echo created"))
    assert output(again) == ("created", "")
    assert again.id == made.id


def test_previous_outputs(plugin: Plugin) -> None:
    """Each earlier output is in the environment if it is not empty, and stronger than `environment`."""
    made = plugin.create(LOCAL, {"create": "echo err >&2"})
    changed = plugin.update(made, {"update": PREVIOUS})
    assert output(changed) == ("[][err]", "")
    own = {"PULUMI_COMMAND_STDOUT": "own"}
    changed = plugin.update(changed, {"create": PREVIOUS, "environment": own})
    assert output(changed) == ("[[][err]][]set", "")
    made = plugin.create(LOCAL, {"create": PREVIOUS, "environment": own})
    assert output(made) == ("[own][]set", "")


def test_no_previous_outputs(plugin: Plugin, kind: Kind) -> None:
    """With addPreviousOutputInEnv false, the new value counting, the earlier outputs are kept out."""
    made = plugin.create(kind.token, kind.inputs(create="echo out"))
    changed = plugin.update(made, kind.inputs(update=PREVIOUS, addPreviousOutputInEnv=False))
    assert output(changed) == ("[][]", "")


def test_nothing_to_update(plugin: Plugin, kind: Kind) -> None:
    """Without `update` and `create` nothing runs and the outputs stay."""
    made = plugin.create(kind.token, kind.inputs(create="echo out; echo err >&2"))
    assert output(plugin.update(made, kind.inputs(stdin="a"))) == ("out", "err")


def test_delete(plugin: Plugin, tmp_path: Path) -> None:
    """`delete` runs with all that the state has: script, stdin, environment, folder, interpreter, outputs."""
    inputs = {
        "create": "echo out",
        "delete": f'{{ cat; pwd; echo "$A $PULUMI_COMMAND_STDOUT $0"; }} > {tmp_path}/said',
        "stdin": "in\n",
        "environment": {"A": Secret("a")},
        "dir": str(tmp_path),
        "interpreter": ["bash", "-c"],
    }
    plugin.delete(plugin.create(LOCAL, inputs))
    assert (tmp_path / "said").read_text() == f"in\n{tmp_path}\na out bash\n"


def test_delete_only(plugin: Plugin, kind: Kind, tmp_path: Path) -> None:
    """A resource with only `delete` runs it in the end; one without has nothing to run."""
    plugin.delete(plugin.create(kind.token, kind.inputs(delete=f"touch {tmp_path}/deleted")))
    assert (tmp_path / "deleted").exists()
    plugin.delete(plugin.create(kind.token, kind.inputs(create="true")))


def test_read(plugin: Plugin, kind: Kind) -> None:
    """A refresh gets back what it sent: nothing drifts."""
    made = plugin.create(kind.token, kind.inputs(create="echo out", stdin=Secret("a")))
    assert plugin.read(made) == made


def test_secrets(plugin: Plugin, kind: Kind) -> None:
    """Secret inputs run unwrapped and stay secret in the state; what the script writes is not secret by itself."""
    made = plugin.create(kind.token, kind.inputs(create=Secret("cat"), stdin=Secret("hidden")))
    assert (made.outputs["create"], made.outputs["stdin"]) == (Secret("cat"), Secret("hidden"))
    assert output(made) == ("hidden", "")
    held = Object(made.token, made.id, made.inputs, made.outputs | {"stdout": Secret("hidden")})
    changed = plugin.update(held, kind.inputs(update=PREVIOUS))
    assert str(changed.outputs["stdout"]).startswith("[hidden]")


def test_preview_of_create(plugin: Plugin, kind: Kind, tmp_path: Path) -> None:
    """A preview runs nothing and connects nowhere; the outputs are unknown, even without a script."""
    for given in ({"create": f"touch {tmp_path}/ran"}, {"create": UNKNOWN}, {}):
        made = plugin.create(kind.token, kind.inputs(**given), preview=True)
        assert output(made) == (UNKNOWN, UNKNOWN)
        assert made.outputs == made.inputs | {"stdout": UNKNOWN, "stderr": UNKNOWN}
        assert re.fullmatch(r"it[0-9a-f]{8}", made.id)
    assert not (tmp_path / "ran").exists()


def test_preview_of_update(plugin: Plugin, kind: Kind, tmp_path: Path) -> None:
    """The preview of a change runs nothing and says that the outputs are unknown."""
    made = plugin.create(kind.token, kind.inputs(create="echo out"))
    changed = plugin.update(made, kind.inputs(create=f"touch {tmp_path}/ran"), preview=True)
    assert output(changed) == (UNKNOWN, UNKNOWN)
    assert not (tmp_path / "ran").exists()


@pytest.mark.deviates("an input that is only added leaves the outputs known, and dependents are shown unchanged")
def test_preview_of_added_input(plugin: Plugin, kind: Kind) -> None:
    """The preview of an added input says that the outputs are unknown, because the script will run."""
    made = plugin.create(kind.token, kind.inputs(create="date +%N"))
    assert output(plugin.update(made, kind.inputs(create="date +%N", delete="true"), preview=True)) == (
        UNKNOWN,
        UNKNOWN,
    )


@pytest.mark.deviates("a resource without outputs in its state can be neither updated nor deleted")
def test_imported(plugin: Plugin, kind: Kind) -> None:
    """A resource without outputs in its state, such as an imported one, can be updated and deleted."""
    imported = Object(kind.token, "it", {}, kind.inputs())
    changed = plugin.update(imported, kind.inputs(create="echo out"))
    assert output(changed) == ("out", "")
    plugin.delete(imported)


def test_unknown_token(plugin: Plugin) -> None:
    """A resource type that the plugin does not have is refused by name."""
    with pytest.raises(Refused, match=r"Resource '(command:)?local:Nope' not found"):
        plugin.create("command:local:Nope", {})


def test_version(plugin: Plugin) -> None:
    """The version is not below the SDK's, or the CLI warns."""
    assert tuple(map(int, plugin.version().split("."))) >= (1, 2, 1)
