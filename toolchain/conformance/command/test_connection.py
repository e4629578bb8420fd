"""How remote commands reach their host: keys, host keys, patience, proxies."""

from __future__ import annotations

import socket
import time
from threading import Thread
from typing import TYPE_CHECKING

import pytest

from toolchain.conformance.command.kinds import REMOTE, output
from toolchain.conformance.engine import Plugin, Refused
from toolchain.conformance.waiting import eventually

if TYPE_CHECKING:
    from collections.abc import Iterator

    from toolchain.conformance.command.sshd import Server
    from toolchain.plugins.rpc import Values


def reached(plugin: Plugin, connection: Values, name: str = "it") -> bool:
    """Tell whether a script runs over `connection`."""
    made = plugin.create(REMOTE, {"create": "echo here", "connection": connection}, name=name)
    return output(made) == ("here", "")


def refusal(plugin: Plugin, connection: Values, name: str = "it") -> str:
    """Return why a script cannot run over `connection`."""
    with pytest.raises(Refused) as caught:
        reached(plugin, connection, name)
    return caught.value.text


@pytest.fixture
def mute() -> Iterator[int]:
    """The port of something that accepts connections and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


@pytest.mark.parametrize("key", ["client", "client_rsa"])
def test_private_key(plugin: Plugin, server: Server, key: str) -> None:
    """Ed25519 and RSA keys open the door, without a final newline and with CRLF too."""
    text = server.text(key)
    for written in (text, text.rstrip("\n"), text.replace("\n", "\r\n")):
        assert reached(plugin, server.connection(privateKey=written))


def test_encrypted_key(plugin: Plugin, server: Server) -> None:
    """An encrypted key needs its passphrase; without it, or with a wrong one, nothing is dialled."""
    locked = server.text("locked")
    assert reached(plugin, server.connection(privateKey=locked, privateKeyPassword="open"))
    patient = {"privateKey": locked, "dialErrorLimit": 10, "port": 1}
    for wrong in (None, "shut"):
        assert "dial tcp" not in refusal(plugin, server.connection(**patient, privateKeyPassword=wrong), "locked")
    assert plugin.said("locked") == []


@pytest.mark.parametrize("key", ["garbage", ""])
def test_no_key(plugin: Plugin, server: Server, key: str) -> None:
    """A text that is no key is refused before anything is dialled."""
    assert "key" in refusal(plugin, server.connection(privateKey=key, port=1, dialErrorLimit=10))


def test_wrong_key(plugin: Plugin, server: Server) -> None:
    """A key that the server does not know is tried again: the server may be starting."""
    name = "wrong key"
    text = refusal(plugin, server.connection(privateKey=server.text("stranger"), dialErrorLimit=2), name)
    assert text.startswith("after 2 failed attempts: ssh: handshake failed: ssh: unable to authenticate")
    assert plugin.said(name) == ["Dial 1/2 failed: retrying", "Dial 2/2 failed: retrying"]


def test_refused(plugin: Plugin, server: Server) -> None:
    """A closed port is tried again dialErrorLimit times, after 0.1 s, 0.15 s, and so on."""
    started = time.monotonic()
    text = refusal(plugin, server.connection(port=1, dialErrorLimit=3), "closed port")
    assert time.monotonic() - started > 0.4
    assert text == "after 3 failed attempts: dial tcp 127.0.0.1:1: connect: connection refused"
    assert len(plugin.said("closed port")) == 3


def test_one_attempt(plugin: Plugin, server: Server) -> None:
    """With dialErrorLimit 0 there is one attempt."""
    text = refusal(plugin, server.connection(port=1), "once")
    assert text == "after 0 failed attempts: dial tcp 127.0.0.1:1: connect: connection refused"
    assert plugin.said("once") == []


def test_no_such_host(plugin: Plugin, server: Server) -> None:
    """A name that does not resolve says so."""
    text = refusal(plugin, server.connection(host="no.such.host.invalid"))
    assert text.startswith("after 0 failed attempts: dial tcp: lookup no.such.host.invalid")
    assert text.endswith("no such host")


def test_not_ssh(plugin: Plugin, server: Server) -> None:
    """Something that is not SSH fails in the handshake."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(10)
        port = listener.getsockname()[1]

        def hang_up() -> None:
            listener.accept()[0].close()

        thread = Thread(target=hang_up)
        thread.start()
        text = refusal(plugin, server.connection(port=port))
        thread.join()
    assert text.startswith("after 0 failed attempts: ssh: handshake failed: ")


@pytest.mark.parametrize("form", ["{0} {1}", "{0} {1} comment", "# about\n{0} {1}", "192.0.2.1 {0} {1}"])
def test_host_key(plugin: Plugin, server: Server, form: str) -> None:
    """The host key is a line as in authorized_keys or known_hosts."""
    kind, key, *_ = server.text("host_ed25519.pub").split()
    assert reached(plugin, server.connection(hostKey=form.format(kind, key)))


def test_any_host_key(plugin: Plugin, server: Server) -> None:
    """Without hostKey, any host will do."""
    assert reached(plugin, server.connection(hostKey=None))


def test_wrong_host_key(plugin: Plugin, server: Server) -> None:
    """A host with another key is not talked to."""
    text = refusal(plugin, server.connection(hostKey=server.text("stranger.pub")))
    assert "ssh: handshake failed: ssh: host key mismatch" in text


@pytest.mark.deviates("a wrong host key is tried 11 times, for 11 s")
def test_wrong_host_key_at_once(plugin: Plugin, server: Server) -> None:
    """A wrong host key is final: no second attempt."""
    text = refusal(plugin, server.connection(hostKey=server.text("stranger.pub"), dialErrorLimit=10), "other host")
    assert text.startswith("ssh: handshake failed: ssh: host key mismatch")
    assert plugin.said("other host") == []


@pytest.mark.deviates("an RSA host key never matches a server of today")
def test_rsa_host_key(plugin: Plugin, server: Server) -> None:
    """An RSA host key can be pinned."""
    assert reached(plugin, server.connection(hostKey=server.text("host_rsa.pub")))


@pytest.mark.parametrize("text", ["garbage", ""])
def test_no_host_key(plugin: Plugin, server: Server, text: str) -> None:
    """A text that is no host key is refused."""
    assert refusal(plugin, server.connection(hostKey=text)) == "failed to parse host key: ssh: no key found"


def test_no_agent(plugin: Plugin, server: Server) -> None:
    """An agent that was asked for must be there."""
    text = refusal(plugin, server.connection(agentSocketPath="/nonexist/agent"))
    assert text == "dial unix /nonexist/agent: connect: no such file or directory"


@pytest.mark.deviates("perDialTimeout covers the TCP connection only: a mute host hangs the run for ever")
def test_mute_host(plugin: Plugin, server: Server, mute: int) -> None:
    """PerDialTimeout covers the whole handshake."""
    text = refusal(plugin, server.connection(port=mute, perDialTimeout=1))
    assert text == f"after 0 failed attempts: dial tcp 127.0.0.1:{mute}: i/o timeout"


def test_proxy(plugin: Plugin, server: Server) -> None:
    """A proxy is dialled first, with credentials of its own; the target is dialled from it."""
    assert reached(plugin, server.connection(proxy=server.connection()))


def test_proxy_refused(plugin: Plugin, server: Server) -> None:
    """Errors on the way through a proxy say so, the proxy's and the target's."""
    beyond = refusal(plugin, server.connection(port=1, proxy=server.connection()))
    assert beyond.startswith("proxy: after 0 failed attempts: ssh: rejected: connect failed (Connection refused")
    proxy = refusal(plugin, server.connection(proxy=server.connection(port=1, dialErrorLimit=1)), "proxy")
    assert proxy == "proxy: after 1 failed attempts: dial tcp 127.0.0.1:1: connect: connection refused"
    assert plugin.said("proxy") == ["Dial proxy 1/1 failed: retrying"]


@pytest.mark.deviates("a second attempt reuses the dead connection, and its EOF hides the cause")
def test_proxy_wrong_key(plugin: Plugin, server: Server) -> None:
    """The target's refusal is told, however often it was tried."""
    stranger = server.connection(privateKey=server.text("stranger"), dialErrorLimit=1, proxy=server.connection())
    assert "unable to authenticate" in refusal(plugin, stranger)


@pytest.mark.deviates("connections stay open until the plugin ends")
def test_connections_are_closed(plugin: Plugin, server: Server) -> None:
    """A connection is closed when its script is done, with the proxy's."""
    reached(plugin, server.connection(proxy=server.connection()))
    eventually(lambda: not server.clients())


def test_update_on_another_host(plugin: Plugin, server: Server) -> None:
    """An update runs over the new connection; the old host is left alone."""
    unreachable = server.connection(port=1)
    made = plugin.create(REMOTE, {"connection": unreachable})
    changed = plugin.update(made, {"create": "echo new", "connection": server.connection()})
    assert output(changed) == ("new", "")
