"""How failures are worded: status, quoted script, and all that was written."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from toolchain.conformance.command.kinds import LOCAL, REMOTE, Kind, output
from toolchain.conformance.engine import Plugin, Refused

if TYPE_CHECKING:
    from pathlib import Path

    from toolchain.conformance.command.sshd import Server
    from toolchain.plugins.rpc import Values

SIGNALS = [
    ("TERM", "terminated", "143 from signal TERM"),
    ("KILL", "killed", "137 from signal KILL"),
    ("HUP", "hangup", "129 from signal HUP"),
    ("INT", "interrupt", "130 from signal INT"),
    ("PIPE", "broken pipe", "141 from signal PIPE"),
    ("ALRM", "alarm clock", "142 from signal ALRM"),
    ("USR1", "user defined signal 1", "128 from signal USR1"),
]
NOT_STARTED = [
    ({"interpreter": ["/nonexist"]}, "fork/exec /nonexist: no such file or directory"),
    ({"interpreter": ["nosuch"]}, 'exec: "nosuch": executable file not found in $PATH'),
    ({"interpreter": [""]}, "exec: no command"),
    ({"interpreter": ["/etc/passwd"]}, "fork/exec /etc/passwd: permission denied"),
    ({"dir": "/nonexist"}, "chdir /nonexist: no such file or directory"),
    ({"create": "a" * 131_072}, "fork/exec /bin/sh: argument list too long"),
    ({"environment": {"A": "a" * 131_072}}, "fork/exec /bin/sh: argument list too long"),
    ({"create": "a\0b"}, "fork/exec /bin/sh: invalid argument"),
]
QUOTED = [
    ('exit 1 # "x" \\ \'', r'"exit 1 # \"x\" \\ ' + "'\""),
    ("\texit 1\n", r'"\texit 1\n"'),
    ("exit 1 # ä €", '"exit 1 # ä €"'),
    ("exit 1 # \x1b\x07\x7f", r'"exit 1 # \x1b\a\x7f"'),
    ("exit 1 # \u200b\u00a0\U000e0001", r'"exit 1 # \u200b\u00a0\U000e0001"'),
]


def failure(plugin: Plugin, token: str, inputs: Values) -> Refused:
    """Return how creating a command fails."""
    with pytest.raises(Refused) as caught:
        plugin.create(token, inputs)
    return caught.value


def ordered(refused: Refused) -> tuple[str, list[str]]:
    """Return an error's headline and its output's lines, whose order over two pipes means nothing."""
    headline, _, written = refused.text.partition("\n")
    return headline, sorted(written.splitlines())


def test_text(plugin: Plugin, kind: Kind) -> None:
    """The error is the status, the script and both streams; its code is UNKNOWN."""
    refused = failure(plugin, kind.token, kind.inputs(create="echo out; echo err >&2; exit 7"))
    status = "exit status 7" if kind.token == LOCAL else "Process exited with status 7"
    assert refused.code == "UNKNOWN"
    assert ordered(refused) == (f'{status}: running "echo out; echo err >&2; exit 7":', ["err", "out"])


def test_output_untrimmed(plugin: Plugin, kind: Kind) -> None:
    """The output in an error is not trimmed, nor hidden by `logging`; without output it is empty."""
    assert failure(plugin, kind.token, kind.inputs(create="echo a; echo; exit 1", logging="none")).text.endswith(
        ":\na\n\n"
    )
    assert failure(plugin, kind.token, kind.inputs(create="exit 1")).text.endswith('running "exit 1":\n')


def test_long_output(plugin: Plugin, kind: Kind) -> None:
    """Three megabytes of output are in the error, whole."""
    script = "head -c 3000000 /dev/zero | tr '\\0' y; exit 1"
    refused = failure(plugin, kind.token, kind.inputs(create=script, logging="none"))
    assert refused.text.endswith(":\n" + "y" * 3_000_000)


@pytest.mark.parametrize(("script", "quoted"), QUOTED, ids=range(len(QUOTED)))
def test_quoting(plugin: Plugin, script: str, quoted: str) -> None:
    """The script is quoted as Go quotes text."""
    assert failure(plugin, LOCAL, {"create": script}).text == f"exit status 1: running {quoted}:\n"


@pytest.mark.parametrize(("name", "local", "remote"), SIGNALS, ids=[row[0] for row in SIGNALS])
def test_signal(plugin: Plugin, kind: Kind, name: str, local: str, remote: str) -> None:
    """A script that a signal ended says which."""
    status = f"signal: {local}" if kind.token == LOCAL else f"Process exited with status {remote}"
    refused = failure(plugin, kind.token, kind.inputs(create=f"ulimit -c 0; kill -{name} $$"))
    assert refused.text.startswith(f"{status}: running ")


def test_not_found(plugin: Plugin, kind: Kind) -> None:
    """A command that does not exist is the shell's error."""
    refused = failure(plugin, kind.token, kind.inputs(create="nosuchcommand"))
    assert "status 127: running" in refused.text
    assert "not found" in refused.text


@pytest.mark.parametrize(("inputs", "status"), NOT_STARTED, ids=[row[1] for row in NOT_STARTED])
def test_not_started(plugin: Plugin, inputs: Values, status: str) -> None:
    """A script that could not be started says why."""
    assert failure(plugin, LOCAL, {"create": "true"} | inputs).text.startswith(f"{status}: running ")


def test_not_started_in_a_file(plugin: Plugin, tmp_path: Path) -> None:
    """A `dir` that is a file is no folder to run in."""
    (tmp_path / "file").touch()
    refused = failure(plugin, LOCAL, {"create": "true", "dir": str(tmp_path / "file")})
    assert ": not a directory: running " in refused.text


def test_long_remote_script(plugin: Plugin, server: Server) -> None:
    """A remote script may have 131,000 bytes; the remote shell refuses more."""
    base = {"connection": server.connection()}
    script = "true #".ljust(131_000, "x")
    assert output(plugin.create(REMOTE, base | {"create": script})) == ("", "")
    refused = failure(plugin, REMOTE, base | {"create": script.ljust(131_072, "x")})
    assert refused.text.startswith("Process exited with status 1: running ")
    assert refused.text.endswith("Argument list too long\n")


def test_update_and_delete(plugin: Plugin, kind: Kind) -> None:
    """A failed update and a failed delete are worded the same, and leave the resource as it was."""
    made = plugin.create(kind.token, kind.inputs(create="echo out", delete="echo no; exit 4"))
    with pytest.raises(Refused, match=r'status 3: running "exit 3":'):
        plugin.update(made, kind.inputs(update="exit 3"))
    with pytest.raises(Refused, match=r'status 4: running "echo no; exit 4":\nno\n'):
        plugin.delete(made)


def test_connection_lost(plugin: Plugin, server: Server) -> None:
    """A remote script whose connection is lost has no status, and says so at once."""
    refused = failure(plugin, REMOTE, {"create": "echo a; kill -9 $PPID", "connection": server.connection()})
    assert refused.text.startswith("wait: remote command exited without exit status or exit signal: running ")


def test_not_utf8(plugin: Plugin, kind: Kind) -> None:
    """Output that is not UTF-8 is readable in an error."""
    refused = failure(plugin, kind.token, kind.inputs(create=r"printf 'a\377b'; exit 1"))
    assert refused.text.endswith(":\na\ufffdb")
