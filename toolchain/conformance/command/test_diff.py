"""Which change of the inputs is an update and which a replace."""

from __future__ import annotations

from typing import NamedTuple

import pytest

from toolchain.conformance.command.kinds import HOST, LOCAL, REMOTE
from toolchain.conformance.engine import Object, Plugin
from toolchain.plugins.rpc import UNKNOWN, Asset, Kind, Secret, Values


class Row(NamedTuple):
    """A change of inputs, and the kind of change by path."""

    fact: str
    old: Values
    new: Values
    kinds: dict[str, Kind]
    replaces: tuple[str, ...] = ()


def scalar(name: str, one: object, other: object) -> list[Row]:
    """Return the rows of a plain input: changed, added, removed."""
    return [
        Row(f"{name} changed", {name: one}, {name: other}, {name: Kind.UPDATE}),
        Row(f"{name} added", {}, {name: one}, {name: Kind.ADD}),
        Row(f"{name} removed", {name: one}, {}, {name: Kind.DELETE}),
    ]


def environment(fact: str, old: Values, new: Values, **kinds: Kind) -> Row:
    """Return a row inside `environment`."""
    paths = {f"environment.{name}": kind for name, kind in kinds.items()}
    return Row(f"environment: {fact}", {"environment": old}, {"environment": new}, paths)


def triggers(fact: str, old: list[object], new: list[object], **kinds: Kind) -> Row:
    """Return a row inside `triggers`; keywords are what follows "triggers", with _ for brackets."""
    paths = {f"triggers[{path[1:]}]": kind for path, kind in kinds.items()}
    return Row(f"triggers: {fact}", {"triggers": old}, {"triggers": new}, paths)


def whole(fact: str, old: Values, new: Values, kind: Kind) -> Row:
    """Return a row where `triggers` changes as a whole, which the plugin itself must call a replace."""
    return Row(f"triggers: {fact}", old, new, {"triggers": kind}, ("triggers",))


ROWS = [
    Row("nothing", {"create": "a"}, {"create": "a"}, {}),
    *scalar("create", "a", "b"),
    *scalar("update", "a", "b"),
    *scalar("delete", "a", "b"),
    *scalar("stdin", "a", "b"),
    *scalar("dir", "/a", "/b"),
    *scalar("logging", "none", "stdout"),
    *scalar("addPreviousOutputInEnv", one=True, other=False),
    environment("value", {"A": "1", "B": "1"}, {"A": "1", "B": "2"}, B=Kind.UPDATE),
    environment("key more", {"A": "1"}, {"A": "1", "B": "2"}, B=Kind.ADD),
    environment("key less", {"A": "1", "B": "2"}, {"A": "1"}, B=Kind.DELETE),
    environment("emptied", {"A": "1", "B": "2"}, {}, A=Kind.DELETE, B=Kind.DELETE),
    Row(
        "environment: odd key", {"environment": {}}, {"environment": {"C D.e": "1"}}, {'environment["C D.e"]': Kind.ADD}
    ),
    Row("environment added", {}, {"environment": {"A": "1"}}, {"environment": Kind.ADD}),
    Row("environment removed", {"environment": {"A": "1"}}, {}, {"environment": Kind.DELETE}),
    Row("environment added empty", {}, {"environment": {}}, {"environment": Kind.ADD}),
    Row("environment: null is absent", {"environment": {}}, {"environment": {"A": None}}, {}),
    Row("interpreter word", {"interpreter": ["sh"]}, {"interpreter": ["bash"]}, {"interpreter[0]": Kind.UPDATE}),
    Row("interpreter more", {"interpreter": ["sh"]}, {"interpreter": ["sh", "-c"]}, {"interpreter[1]": Kind.ADD}),
    Row("plain to secret", {"stdin": "a"}, {"stdin": Secret("a")}, {"stdin": Kind.UPDATE}),
    Row("secret to plain", {"stdin": Secret("a")}, {"stdin": "a"}, {"stdin": Kind.UPDATE}),
    Row("same secret", {"stdin": Secret("a")}, {"stdin": Secret("a")}, {}),
    Row("other secret", {"stdin": Secret("a")}, {"stdin": Secret("b")}, {"stdin": Kind.UPDATE}),
    Row("unknown", {"stdin": "a"}, {"stdin": UNKNOWN}, {"stdin": Kind.UPDATE}),
    triggers("element", [1, 2], [3, 2], _0=Kind.UPDATE),
    triggers("appended", [1], [1, 2], _1=Kind.ADD),
    triggers("popped", [1, 2], [1], _1=Kind.DELETE),
    triggers("in front", [1, 2], [0, 1, 2], _0=Kind.UPDATE, _1=Kind.UPDATE, _2=Kind.ADD),
    triggers("text to number", ["1"], [1], _0=Kind.UPDATE),
    triggers("text to boolean", ["true"], [True], _0=Kind.UPDATE),
    triggers("number to boolean", [1], [True], _0=Kind.UPDATE),
    triggers("1 and 1.0", [1], [1.0]),
    triggers("to null", ["1"], [None], _0=Kind.DELETE),
    triggers("from null", [None], ["1"], _0=Kind.ADD),
    triggers("emptied", [1, 2], [], _0=Kind.DELETE, _1=Kind.DELETE),
    triggers("from empty", [], [1], _0=Kind.ADD),
    triggers("secret element", [Secret("a")], [Secret("b")], _0=Kind.UPDATE),
    triggers("asset", [Asset(text="a")], [Asset(text="b")], _0=Kind.UPDATE),
    triggers("unknown element", ["a"], [UNKNOWN], _0=Kind.UPDATE),
    Row(
        "triggers: inner value",
        {"triggers": [{"a": {"b": 1}}, [1, 2]]},
        {"triggers": [{"a": {"b": 2}}, [1, 3]]},
        {"triggers[0].a.b": Kind.UPDATE, "triggers[1][1]": Kind.UPDATE},
    ),
    whole("added", {}, {"triggers": [1]}, Kind.ADD_REPLACE),
    whole("removed", {"triggers": [1]}, {}, Kind.DELETE_REPLACE),
    whole("added empty", {}, {"triggers": []}, Kind.ADD_REPLACE),
    whole("wholly unknown", {"triggers": [1]}, {"triggers": UNKNOWN}, Kind.UPDATE_REPLACE),
    whole("made secret", {"triggers": [1]}, {"triggers": Secret([1])}, Kind.UPDATE_REPLACE),
    whole("other secret", {"triggers": Secret([1])}, {"triggers": Secret([2])}, Kind.UPDATE_REPLACE),
    Row(
        "triggers and stdin",
        {"triggers": [1], "stdin": "a"},
        {"triggers": [2], "stdin": "b"},
        {"triggers[0]": Kind.UPDATE, "stdin": Kind.UPDATE},
    ),
]
CONNECTION_ROWS = [
    Row("nothing", {}, {}, {}),
    Row("default given", {}, {"port": 22}, {}),
    Row("host", {}, {"host": "192.0.2.2"}, {"connection": Kind.UPDATE}),
    Row("port", {}, {"port": 2222}, {"connection": Kind.UPDATE}),
    Row("key", {"privateKey": "a"}, {"privateKey": "b"}, {"connection": Kind.UPDATE}),
    Row("host key", {}, {"hostKey": "ssh-ed25519 AAAA"}, {"connection": Kind.UPDATE}),
    Row("proxy", {}, {"proxy": HOST}, {"connection": Kind.UPDATE}),
]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.fact)
def test_inputs(plugin: Plugin, row: Row) -> None:
    """Everything updates; only `triggers` as a whole replaces by the plugin's own word."""
    old = checked(plugin, LOCAL, row.old)
    difference = plugin.diff(old, plugin.check(LOCAL, row.new).inputs)
    assert difference.kinds == row.kinds
    assert tuple(difference.replaces) == row.replaces


@pytest.mark.parametrize("row", CONNECTION_ROWS, ids=lambda row: row.fact)
def test_connection(plugin: Plugin, row: Row) -> None:
    """Whatever changes in a connection, the connection updates, as one secret."""
    old = checked(plugin, REMOTE, {"connection": HOST | row.old})
    difference = plugin.diff(old, plugin.check(REMOTE, {"connection": HOST | row.new}).inputs)
    assert difference.kinds == row.kinds
    assert difference.replaces == []


@pytest.mark.parametrize("row", [row for row in ROWS if row.replaces], ids=lambda row: row.fact)
def test_remote_triggers(plugin: Plugin, row: Row) -> None:
    """Remote commands replace as local ones do."""
    old = checked(plugin, REMOTE, row.old | {"connection": HOST})
    difference = plugin.diff(old, plugin.check(REMOTE, row.new | {"connection": HOST}).inputs)
    assert difference.kinds == row.kinds
    assert tuple(difference.replaces) == row.replaces


def checked(plugin: Plugin, token: str, news: Values) -> Object:
    """Return a resource that was created with `news`, without creating it."""
    inputs = plugin.check(token, news).inputs
    return Object(token, "it00000000", inputs, inputs | {"stdout": "", "stderr": ""})
