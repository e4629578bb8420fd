"""What ends a run early, and what it leaves."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from toolchain.conformance.command.kinds import LOCAL, REMOTE, Kind, output
from toolchain.conformance.engine import Plugin, Refused
from toolchain.conformance.waiting import eventually

if TYPE_CHECKING:
    from toolchain.conformance.command.sshd import Server


def appears(path: Path) -> None:
    """Wait until a script has written `path`."""
    eventually(lambda: path.exists() and path.read_text().strip(), within=20)


def ends(pid: int) -> None:
    """Wait until a process is gone."""
    eventually(lambda: not _lives(pid), within=20)


def _lives(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_cancel(own_plugin: Plugin, tmp_path: Path) -> None:
    """Cancelling kills a running local script."""
    with ThreadPoolExecutor() as pool:
        running = pool.submit(own_plugin.create, LOCAL, {"create": f"echo up > {tmp_path}/up; exec sleep 60"})
        appears(tmp_path / "up")
        own_plugin.cancel()
        with pytest.raises(Refused, match="signal: killed: running"):
            running.result()


@pytest.mark.deviates("only the shell is killed: what it started lives on and holds the run up")
def test_cancel_children(own_plugin: Plugin, tmp_path: Path) -> None:
    """Cancelling kills what the script started, too."""
    script = f"sleep 60 & echo $! > {tmp_path}/pid; wait"
    with ThreadPoolExecutor() as pool:
        running = pool.submit(own_plugin.create, LOCAL, {"create": script})
        appears(tmp_path / "pid")
        own_plugin.cancel()
        with pytest.raises(Refused, match="signal: killed: running"):
            running.result()
    ends(int((tmp_path / "pid").read_text()))


def test_cancel_remote(own_plugin: Plugin, server: Server, tmp_path: Path) -> None:
    """A remote script that runs is let finish, and recorded."""
    script = f"echo up > {tmp_path}/up; while ! test -e {tmp_path}/go; do :; done; echo done"
    with ThreadPoolExecutor() as pool:
        inputs = {"create": script, "connection": server.connection()}
        running = pool.submit(own_plugin.create, REMOTE, inputs)
        appears(tmp_path / "up")
        own_plugin.cancel()
        (tmp_path / "go").touch()
        assert output(running.result()) == ("done", "")


def test_cancel_dialling(own_plugin: Plugin, server: Server) -> None:
    """Cancelling ends the dialling."""
    with ThreadPoolExecutor() as pool:
        connection = server.connection(port=1, dialErrorLimit=-1)
        running = pool.submit(own_plugin.create, REMOTE, {"create": "true", "connection": connection})
        eventually(lambda: "Dial 1/inf failed: retrying" in own_plugin.said("it"), within=20)
        own_plugin.cancel()
        with pytest.raises(Refused, match="context canceled"):
            running.result()


def test_after_cancel(own_plugin: Plugin) -> None:
    """After a cancellation no local script starts."""
    own_plugin.cancel()
    with pytest.raises(Refused, match="context canceled: running"):
        own_plugin.create(LOCAL, {"create": "true"})


def test_timeout(plugin: Plugin) -> None:
    """custom_timeouts kill a local script."""
    with pytest.raises(Refused, match="signal: killed: running"):
        plugin.create(LOCAL, {"create": "exec sleep 60"}, timeout=1)


@pytest.mark.deviates("a remote script knows no timeout")
def test_remote_timeout(plugin: Plugin, server: Server) -> None:
    """custom_timeouts end the wait for a remote script, too (it is killed where the server passes signals on)."""
    with pytest.raises(Refused, match="context deadline exceeded: running"):
        plugin.create(REMOTE, {"create": "exec sleep 10", "connection": server.connection()}, timeout=1)


def test_many_at_once(plugin: Plugin, tmp_path: Path) -> None:
    """Sixty-four scripts run at once: each waits for all the others."""
    script = f"mktemp {tmp_path}/XXXXXX; until test $(ls {tmp_path} | wc -l) = 64; do sleep 0.1; done"
    with ThreadPoolExecutor(64) as pool:
        made = pool.map(lambda _: plugin.create(LOCAL, {"create": script}, timeout=50), range(64))
        assert len({output(one) for one in made}) == 64


def test_end(own_plugin: Plugin) -> None:
    """After SIGINT the plugin ends by itself, and has written nothing to stdout but its port."""
    own_plugin.create(LOCAL, {"create": "echo a; echo b >&2"})
    assert own_plugin.stop() == b""


@pytest.mark.deviates("scripts see the CLI's passphrase")
def test_passphrase(plugin: Plugin) -> None:
    """Scripts do not inherit the CLI's passphrase, unless they are given it."""
    script = 'echo "$PULUMI_CONFIG_PASSPHRASE"'
    assert output(plugin.create(LOCAL, {"create": script})) == ("", "")
    given = {"PULUMI_CONFIG_PASSPHRASE": "given"}
    assert output(plugin.create(LOCAL, {"create": script, "environment": given})) == ("given", "")


def test_environment(plugin: Plugin, kind: Kind) -> None:
    """Scripts inherit the plugin's PATH or the server's, and have no terminal."""
    made = plugin.create(kind.token, kind.inputs(create='test -n "$PATH" && ! test -t 0 && ! test -t 1 && echo yes'))
    assert output(made) == ("yes", "")
