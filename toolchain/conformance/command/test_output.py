"""What is kept of what a script writes, and what is shown while it runs."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import pytest

from toolchain.conformance.command.kinds import LOCAL, REMOTE, Kind, output
from toolchain.plugins.rpc import Severity

if TYPE_CHECKING:
    from toolchain.conformance.command.sshd import Server
    from toolchain.conformance.engine import Plugin

TEXTS = [
    (r"abc", "abc", ["abc"]),
    (r"abc\n", "abc", ["abc"]),
    (r"abc\n\n\n", "abc\n\n", ["abc", "", ""]),
    (r"\n", "", [""]),
    (r"a\r\nb\r\n", "a\r\nb\r", ["a", "b"]),
    (r"a\r\r\n", "a\r\r", ["a\r"]),
    (r"a\rb\r", "a\rb\r", ["a\rb"]),
    (r"  a  \n", "  a  ", ["  a  "]),
    (r"\033[1mq\303\244\n", "\x1b[1mqä", ["\x1b[1mqä"]),
    (r"a\000b\n", "a\0b", ["a\0b"]),
    (r"", "", []),
]
LOGGED = [
    ({}, ["err", "out"]),
    ({"logging": "stdoutAndStderr"}, ["err", "out"]),
    ({"logging": "stdout"}, ["out"]),
    ({"logging": "stderr"}, ["err"]),
    ({"logging": "none"}, []),
]
MANY = 5_000_000
UNREAD = "exec <&-; echo done"


@pytest.mark.parametrize("stream", ["stdout", "stderr"])
@pytest.mark.parametrize(("written", "kept", "shown"), TEXTS, ids=[row[0] or "nothing" for row in TEXTS])
def test_text(plugin: Plugin, kind: Kind, stream: str, written: str, kept: str, shown: list[str]) -> None:
    r"""One newline at the end is trimmed, nothing else; the log has a line for each line, less one carriage return."""
    name = f"{kind.token} {stream} {written}"
    redirect = ">&2" if stream == "stderr" else ""
    made = plugin.create(kind.token, kind.inputs(create=f"printf '{written}' {redirect}"), name=name)
    assert made.outputs[stream] == kept
    assert plugin.said(name) == shown


@pytest.mark.parametrize(("given", "logged"), LOGGED, ids=str)
def test_logging(plugin: Plugin, kind: Kind, given: dict[str, str], logged: list[str]) -> None:
    """`logging` says which streams are shown; both are kept all the same."""
    name = f"{kind.token} {given}"
    made = plugin.create(kind.token, kind.inputs(create="echo out; echo err >&2", **given), name=name)
    assert output(made) == ("out", "err")
    assert sorted(plugin.said(name)) == logged


def test_log_lines(plugin: Plugin) -> None:
    """A log line is information, beside its resource, and gone with the progress."""
    plugin.create(LOCAL, {"create": "echo line"}, name="log lines")
    (line,) = [line for line in plugin.lines if line.urn.endswith("::log lines")]
    assert line == (Severity.INFO, "line", "urn:pulumi:dev::conformance::command:local:Command::log lines", True)


def test_much_input(plugin: Plugin, kind: Kind) -> None:
    """Five megabytes of stdin arrive whole."""
    made = plugin.create(kind.token, kind.inputs(create="sha256sum", stdin="x" * MANY))
    assert output(made) == (f"{hashlib.sha256(b'x' * MANY).hexdigest()}  -", "")


def test_much_output(plugin: Plugin, kind: Kind) -> None:
    """Five megabytes of stdout are kept whole."""
    made = plugin.create(kind.token, kind.inputs(create=f"head -c {MANY} /dev/zero | tr '\\0' y", logging="none"))
    assert output(made)[0] == "y" * MANY


def test_unread_input(plugin: Plugin) -> None:
    """A script need not read its stdin."""
    assert output(plugin.create(LOCAL, {"create": UNREAD, "stdin": "x" * MANY})) == ("done", "")


@pytest.mark.deviates("unread stdin of more than the SSH window fails the run with EOF")
def test_unread_remote_input(plugin: Plugin, server: Server) -> None:
    """Nor need a remote one."""
    made = plugin.create(REMOTE, {"create": UNREAD, "stdin": "x" * MANY, "connection": server.connection()})
    assert output(made) == ("done", "")


def test_no_input(plugin: Plugin, kind: Kind) -> None:
    """Without stdin, or with an empty one, a script reads the end at once."""
    assert output(plugin.create(kind.token, kind.inputs(create="cat; echo end"))) == ("end", "")
    assert output(plugin.create(kind.token, kind.inputs(create="cat; echo end", stdin=""))) == ("end", "")


def test_waits_for_the_pipes(plugin: Plugin, kind: Kind) -> None:
    """The run is over when all that holds its output has closed it, not when the shell ends."""
    made = plugin.create(kind.token, kind.inputs(create="(sleep 0.3; echo late) & echo first"))
    assert output(made) == ("first\nlate", "")


HANGS = pytest.mark.deviates("a logged line of 65,536 bytes hangs the run for ever")


@pytest.mark.parametrize("length", [65_535, pytest.param(65_536, marks=HANGS), pytest.param(1_000_000, marks=HANGS)])
def test_long_line(plugin: Plugin, kind: Kind, length: int) -> None:
    """A line of any length is kept and shown whole."""
    name = f"{kind.token} {length}"
    made = plugin.create(kind.token, kind.inputs(create=f"head -c {length} /dev/zero | tr '\\0' z; echo"), name=name)
    assert output(made) == ("z" * length, "")
    assert plugin.said(name) == ["z" * length]


@pytest.mark.deviates("the script has run, but the resource is lost")
def test_not_utf8(plugin: Plugin, kind: Kind) -> None:
    """Bytes that are not UTF-8 become U+FFFD; the resource is recorded."""
    assert output(plugin.create(kind.token, kind.inputs(create=r"printf 'a\377b\n'"))) == ("a\ufffdb", "")
