"""The table as the engine sees it: operations, their order, the state, and what the CLI says."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from toolchain.conformance.cli import Project, appears, interrupt
from toolchain.conformance.waiting import eventually

if TYPE_CHECKING:
    from toolchain.conformance.command.sshd import Server

PLAIN = 'local.Command("a", create="echo out; echo err >&2", delete="true"{})\n'


def test_operations(project: Project) -> None:
    """A changed input updates, a changed element of `triggers` replaces, create first; the same program is the same."""
    assert project.up(PLAIN.format("")).operations == [("create", "a")]
    assert project.up(PLAIN.format("")).operations == [("same", "a")]
    assert project.up(PLAIN.format(", stdin='1'")).operations == [("update", "a")]
    assert project.up(PLAIN.format(", stdin='1', logging='none'")).operations == [("update", "a")]
    replaced = [("create-replacement", "a"), ("replace", "a"), ("delete-replaced", "a")]
    assert project.up(PLAIN.format(", triggers=[1]")).operations == replaced
    assert project.up(PLAIN.format(", triggers=[{'b': 2}]")).operations == replaced
    assert project.up(PLAIN.format(", triggers=[{'b': 2}]")).operations == [("same", "a")]
    assert project.change("destroy").operations == [("delete", "a")]


def test_refresh(project: Project) -> None:
    """A refresh runs nothing and finds nothing changed."""
    project.up(PLAIN.format(", stdin=Output.secret('hidden')"))
    before = project.resource("a", "--show-secrets")
    assert project.change("refresh", "--expect-no-changes").code == 0
    after = project.resource("a", "--show-secrets")
    assert before
    assert after
    assert (after["inputs"], after["outputs"]) == (before["inputs"], before["outputs"])


def test_delete_first(project: Project) -> None:
    """An upstream that is deleted first takes along, before it, those whose triggers hold its outputs, no others."""
    source = """
        a = local.Command("a", create="echo a", triggers=[{0}], opts=ResourceOptions(delete_before_replace=True))
        local.Command("b", create="true", triggers=[a.id])
        local.Command("c", create="true", stdin=a.stdout)
        local.Command("d", create="true", opts=ResourceOptions(depends_on=[a]))
    """
    project.up(source.format(1))
    operations = project.up(source.format(2)).operations
    order = [operation for operation in operations if operation[0] != "same"]
    assert order.index(("delete-replaced", "b")) < order.index(("delete-replaced", "a"))
    assert order.index(("delete-replaced", "a")) < order.index(("create-replacement", "a"))
    assert order.index(("create-replacement", "a")) < order.index(("create-replacement", "b"))
    assert not {name for _, name in order} & {"c", "d"}


def test_minimal_state(project: Project) -> None:
    """A command without inputs has no inputs in the state, and empty outputs."""
    project.up('local.Command("a")')
    state = project.resource("a")
    assert state
    assert "inputs" not in state
    assert state["outputs"] == {"stderr": "", "stdout": ""}
    assert state["replaceOnChanges"] == ["triggers[*]"]


def test_state(project: Project) -> None:
    """The state has what was given, numbers as they were, and the outputs."""
    given = {"create": "echo hi", "environment": {"A": "1"}, "triggers": [1, 1.5, True, None, {"b": [1]}]}
    project.up(f'local.Command("a", **{given!r})')
    state = project.resource("a")
    assert state
    assert state["inputs"] == given
    assert state["outputs"] == given | {"stdout": "hi", "stderr": ""}


def test_provider_state(project: Project) -> None:
    """The provider's state is the official one, so that plugins can be exchanged without a change."""
    project.up('local.Command("a")')
    (provider,) = (one for one in project.deployment()["resources"] if one["type"] == "pulumi:providers:command")
    assert provider["inputs"] == {"__internal": {}, "__pulumi-go-provider-version": "1.2.0", "version": "1.2.1"}
    assert provider["outputs"] == {"__pulumi-go-provider-version": "1.2.0", "version": "1.2.1"}


def test_exchange(project: Project, server: Server, pointed_at: Path | None) -> None:
    """Official and ours take over each other's state without a change; without the official, ours its own."""
    source = f"""
        local.Command("a", create="cat", environment={{"A": "1"}}, triggers=[1, {{"b": 1.5}}], stdin=Output.secret("c"))
        remote.Command("b", create="echo out", delete="true", connection=dict({server.connection()!r}))
    """
    project.up(source)
    for plugins in (None, pointed_at):
        project.use(plugins)
        run = project.change("up", "--skip-preview", "--refresh", "--expect-no-changes")
        assert run.code == 0, run.text
    project.use(None)
    assert project.change("destroy").code == 0


def test_secrets(project: Project) -> None:
    """Secret inputs are encrypted in the state; outputs are only where additional_secret_outputs says so."""
    run = project.up("""
        local.Command("a", create="cat", stdin=Output.secret("hidden-a"), logging="none")
        local.Command("b", create="cat", stdin=Output.secret("hidden-b"), logging="none",
                      opts=ResourceOptions(additional_secret_outputs=["stdout", "stderr"]))
    """)
    a, b = project.resource("a"), project.resource("b")
    assert a
    assert b
    assert (a["outputs"]["stdout"], "ciphertext" in a["outputs"]["stdin"]) == ("hidden-a", True)
    assert "hidden-b" not in json.dumps(b) + run.text
    shown = project.resource("b", "--show-secrets")
    assert shown
    assert json.loads(shown["outputs"]["stdout"]["plaintext"]) == "hidden-b"


def test_connection_state(project: Project, server: Server) -> None:
    """The connection is one encrypted value, with its defaults in it; the key is nowhere in the state in clear."""
    connection = server.connection()
    source = f"""
        connection = dict({connection!r})
        remote.Command("a", connection=connection, create="echo here")
    """
    assert project.up(source).code == 0
    assert project.up(source).operations == [("same", "a")]
    state = project.resource("a")
    assert state
    assert set(state["inputs"]["connection"]) == {"4dabf18193072939515e22adb298388d", "ciphertext"}
    assert state["outputs"]["stdout"] == "here"
    assert connection["privateKey"].splitlines()[1] not in json.dumps(project.deployment())
    shown = project.resource("a", "--show-secrets")
    assert shown
    plain = json.loads(shown["inputs"]["connection"]["plaintext"])
    assert (plain["perDialTimeout"], plain["dialErrorLimit"]) == (15, 0)


def test_failed_create(project: Project) -> None:
    """A failed create shows script and output once, leaves nothing in the state, and is tried again."""
    source = 'local.Command("a", create="echo out; exit {0}")\nlocal.Command("b", create="true")'
    run = project.up(source.format(7))
    assert run.code == 1
    assert 'error: exit status 7: running "echo out; exit 7":\n    out\n' in run.text
    assert project.resource("a") is None
    assert project.deployment().get("pending_operations", []) == []
    assert ("create", "a") in project.up(source.format(0)).operations


def test_failed_update(project: Project) -> None:
    """A failed update leaves the old state, and is tried again; going back to the old inputs is no change."""
    project.up(PLAIN.format(""))
    before = project.resource("a")
    failing = PLAIN.format(", update='exit 3'")
    assert project.up(failing).code == 1
    assert project.resource("a") == before
    assert project.up(failing).operations == [("update", "a")]
    assert project.up(PLAIN.format("")).operations == [("same", "a")]


def test_failed_delete(project: Project) -> None:
    """A failed delete leaves the resource where it was."""
    project.up('local.Command("a", delete="exit 4")')
    assert project.change("destroy").code == 1
    assert project.resource("a")


def test_failed_delete_of_a_replaced_one(project: Project) -> None:
    """When the old one cannot be deleted, both are in the state, and the next run deletes the old one only."""
    source = 'local.Command("a", create="echo {0}", triggers=[{0}], delete="test -e {1}")'
    go = project.folder / "go"
    project.up(source.format(1, go))
    assert project.up(source.format(2, go)).code == 1
    pair = [one for one in project.deployment()["resources"] if one["urn"].endswith("::a")]
    assert sorted(one.get("delete", False) for one in pair) == [False, True]
    go.touch()
    assert ("delete-replaced", "a") in project.up(source.format(2, go)).operations


def test_preview(project: Project) -> None:
    """A preview runs nothing; a dependent of an updated command is shown as updated."""
    source = """
        a = local.Command("a", create="echo same; touch {0}", stdin="{1}")
        local.Command("b", create="true", stdin=a.stdout)
    """
    ran = project.folder / "ran"
    project.up(source.format(ran, 1))
    ran.unlink()
    project.program(source.format(ran, 2))
    assert project.change("preview").operations == [("update", "a"), ("update", "b")]
    assert not ran.exists()
    assert project.change("up", "--skip-preview").operations == [("update", "a"), ("same", "b")]


@pytest.mark.deviates("these exist there")
def test_not_here(project: Project) -> None:
    """Resources and functions that this plugin does not have are refused by name."""
    run = project.up('local.run(command="true")')
    assert "Invoke 'command:local:run' not found: this command plugin has no functions" in run.text
    copy = 'remote.CopyToRemote("a", connection={"host": "x"}, source=pulumi.StringAsset("x"), remote_path="/x")'
    assert "Resource 'command:remote:CopyToRemote' not found: this command plugin knows" in project.up(copy).text


@pytest.mark.deviates("the private key is printed in clear")
def test_wrong_connection(project: Project) -> None:
    """A wrong property in a connection is named, and the private key is not printed."""
    run = project.up('remote.Command("a", connection={"host": "192.0.2.1", "private_key": "the key", "foo": 1})')
    assert run.code == 1
    assert "Unrecognized field 'connection.foo' on 'remote.Connection'" in run.text
    assert "the key" not in run.text


def test_interrupt(project: Project) -> None:
    """^C ends a running script; nothing is left of its create, and nothing pending: the next run is a plain one."""
    up = project.folder / "up"
    project.program(f'local.Command("a", create="touch {up}; exec sleep 60")')
    running = project.start("up", "--skip-preview")
    appears(up)
    assert "signal: killed" in interrupt(running)
    assert running.returncode == 1
    assert project.resource("a") is None
    assert project.deployment().get("pending_operations", []) == []
    assert project.up('local.Command("a", create="true")').operations == [("create", "a")]


@pytest.mark.deviates("plugins of a killed CLI live on")
def test_killed(project: Project) -> None:
    """When the CLI is killed, the plugin lets its script finish; then it, host and program end by themselves."""
    folder = project.folder
    project.program(f'local.Command("a", create="touch {folder}/up; sleep 1; touch {folder}/done")')
    running = project.start("up", "--skip-preview")
    appears(folder / "up")
    running.kill()
    running.wait()
    appears(folder / "done")
    eventually(lambda: _session(running.pid) == [], within=20)


def _session(leader: int) -> list[str]:
    """Return the processes that live in the session that process `leader` began."""
    found = []
    for status in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            name, _, rest = status.read_text().rpartition(")")
            state, _, _, session, *_ = rest.split()
            if session == str(leader) and state != "Z":
                found.append(name)
    return found
