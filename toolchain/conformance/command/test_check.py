"""What the inputs may be, how a wrong one is refused, and what is filled in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from toolchain.conformance.command.kinds import HOST, LOCAL, REMOTE
from toolchain.plugins.rpc import UNKNOWN, CheckFailure, Secret, Values, reveal

if TYPE_CHECKING:
    from toolchain.conformance.engine import Plugin

DEFAULTS = {"user": "root", "port": 22, "dialErrorLimit": 10, "perDialTimeout": 15}
MUST_BE = "Field '{0}' on '{1}' must be a '{2}'; got '{3}' instead"
WRONG = [
    (LOCAL, {"create": 5}, MUST_BE.format("create", "local.CommandInputs", "string", "float64")),
    (LOCAL, {"stdin": True}, MUST_BE.format("stdin", "local.CommandInputs", "string", "bool")),
    (LOCAL, {"update": ["a"]}, MUST_BE.format("update", "local.CommandInputs", "string", "[]interface {}")),
    (LOCAL, {"addPreviousOutputInEnv": "true"}, "must be a 'bool'; got 'string' instead"),
    (
        LOCAL,
        {"environment": {"A": 1}},
        "Field 'environment[A] value' on 'local.CommandInputs' must be a 'string'",
    ),
    (LOCAL, {"interpreter": [1]}, MUST_BE.format("interpreter[0]", "local.CommandInputs", "string", "float64")),
    (LOCAL, {"foo": "a"}, "Unrecognized field 'foo' on 'local.CommandInputs'"),
    (LOCAL, {"stdout": "a"}, "Unrecognized field 'stdout' on 'local.CommandInputs'"),
    (REMOTE, {}, "Missing required field 'connection' on 'remote.CommandInputs'"),
    (REMOTE, {"connection": HOST, "dir": "/"}, "Unrecognized field 'dir' on 'remote.CommandInputs'"),
    (REMOTE, {"connection": {}}, "Missing required field"),
    (REMOTE, {"connection": HOST | {"foo": 1}}, "Unrecognized field"),
    (REMOTE, {"connection": HOST | {"port": "22"}}, "must be a 'float64'; got 'string' instead"),
    (REMOTE, {"connection": HOST | {"proxy": {}}}, "Missing required field"),
]
GIVEN = [
    {},
    {"create": "", "delete": "b", "stdin": ""},
    {"triggers": [1, 1.5, True, None, "a", {"b": [1]}]},
    {"environment": {}, "interpreter": [], "logging": "none"},
    {"create": Secret("a"), "environment": {"A": Secret("b")}},
    {"create": UNKNOWN, "environment": {"A": UNKNOWN}, "triggers": [UNKNOWN]},
]


@pytest.mark.parametrize(("token", "news", "reason"), WRONG, ids=lambda value: str(value)[:60])
def test_refused(plugin: Plugin, token: str, news: Values, reason: str) -> None:
    """A wrong input is one failure that says which field and what is wrong with it."""
    (failure,) = plugin.check(token, news).failures
    assert reason in failure.reason


def test_all_at_once(plugin: Plugin) -> None:
    """All wrong inputs are refused together."""
    assert len(plugin.check(LOCAL, {"create": 5, "stdin": 6, "foo": 7}).failures) == 3


@pytest.mark.deviates("the engine prints the value of the property that a failure names: keys in clear")
def test_no_value_shown(plugin: Plugin) -> None:
    """A failure names no property, so that the engine prints no value, and repeats none itself."""
    news = {"connection": HOST | {"privateKey": "the key", "port": "the port", "foo": "the foo"}, "stdin": ["the text"]}
    failures = plugin.check(REMOTE, news).failures
    assert {failure.property for failure in failures} == {""}
    assert "the " not in " ".join(failure.reason for failure in failures)


@pytest.mark.deviates("another word is taken for none, and the SDK fails after the creation")
def test_logging(plugin: Plugin) -> None:
    """A `logging` that does not exist is refused."""
    reason = "Field 'logging' on 'local.CommandInputs' must be one of stdout, stderr, stdoutAndStderr, none"
    assert plugin.check(LOCAL, {"logging": "bogus"}).failures == [CheckFailure("", reason)]


@pytest.mark.deviates("this plugin has no assets, and no environment for remote commands")
@pytest.mark.parametrize(
    ("token", "news"),
    [
        (LOCAL, {"assetPaths": ["*"]}),
        (LOCAL, {"archivePaths": ["*"]}),
        (REMOTE, {"environment": {"LC_ONE": "1"}, "connection": HOST}),
    ],
    ids=["assetPaths", "archivePaths", "environment"],
)
def test_unsupported(plugin: Plugin, token: str, news: Values) -> None:
    """What this plugin does not have is refused, not ignored."""
    (failure,) = plugin.check(token, news).failures
    assert "is not supported" in failure.reason


@pytest.mark.parametrize("news", GIVEN, ids=str)
def test_inputs_as_given(plugin: Plugin, news: Values) -> None:
    """Only what was given comes back: no defaults, the same numbers, secrets and unknown values in their places."""
    assert plugin.check(LOCAL, news) == (news, [])


def test_connection_defaults(plugin: Plugin) -> None:
    """Absent properties of a connection and of its proxy are filled in; those given stay, zero and empty too."""
    given = HOST | {"port": 0, "proxy": {"host": "192.0.2.9", "user": ""}}
    inputs = plugin.check(REMOTE, {"connection": given}).inputs
    proxy = DEFAULTS | {"host": "192.0.2.9", "user": ""}
    assert reveal(inputs) == {"connection": DEFAULTS | HOST | {"port": 0, "proxy": proxy}}


def test_connection_is_secret(plugin: Plugin) -> None:
    """The connection is a secret, and its keys are secrets in it, in the proxy too."""
    keys = {"password": "a", "privateKey": "b", "privateKeyPassword": "c"}
    connection = plugin.check(REMOTE, {"connection": HOST | keys | {"proxy": HOST | keys}}).inputs["connection"]
    assert isinstance(connection, Secret)
    for part in (connection.value, connection.value["proxy"]):
        assert {name for name, value in part.items() if isinstance(value, Secret)} == set(keys)


def test_unknown_connection(plugin: Plugin) -> None:
    """A connection that is not known yet is accepted, as a secret; an unknown host keeps the rest."""
    assert plugin.check(REMOTE, {"connection": UNKNOWN}) == ({"connection": Secret(UNKNOWN)}, [])
    inputs = plugin.check(REMOTE, {"connection": {"host": UNKNOWN}}).inputs
    assert inputs == {"connection": Secret(DEFAULTS | {"host": UNKNOWN})}
