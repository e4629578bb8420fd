"""What balancers are told of servers that leave, and what is known of what they were told."""

from __future__ import annotations

import json
import os
import socket
import threading
import time
from typing import TYPE_CHECKING

import pytest

from hacomponents.agent.bundle import Service
from hacomponents.agent.disk.draining import DOWN, RECENT, UP, Draining
from hacomponents.agent.procedures import push
from hacomponents.agent.residents.agent_check import Questions
from tests.agent.machine import PretendedMachine
from tests.agent.samples import document

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hacomponents.agent.daemons import Daemon
    from hacomponents.agent.host import Host

ONE, TWO = "10.0.0.21", "10.0.0.22"


@pytest.fixture
def draining(host: Host) -> Draining:
    """Nothing is to leave, and nobody has asked."""
    return host.draining


def test_a_server_is_up_until_it_leaves(draining: Draining) -> None:
    """
    Balancers are told "down" of a server that leaves, "up" of others, and "up" when it has joined again.
    """
    draining.leave(3000)

    assert (DOWN, UP) == (draining.tell(3000, ONE), draining.tell(3001, ONE))
    draining.join(3000)
    assert UP == draining.tell(3000, ONE)


def test_a_word_is_known_when_the_last_balancer_was_told(draining: Draining) -> None:
    """
    Every balancer that asks must have been told, as often as is wanted, since the word changed.
    """
    draining.tell(3000, ONE)
    draining.tell(3000, TWO)
    draining.leave(3000)

    told = [
        (draining.tell(3000, balancer), draining.is_known(3000, DOWN, times=2)) for balancer in (ONE, ONE, TWO, TWO)
    ]

    assert [(DOWN, False), (DOWN, False), (DOWN, False), (DOWN, True)] == told


def test_a_server_that_nobody_asks_about_may_go_at_once(draining: Draining) -> None:
    """
    Without balancers there is nobody to wait for.
    """
    assert draining.is_known(3000, DOWN, times=2)


def test_a_balancer_that_is_gone_is_not_waited_for(draining: Draining, host: Host) -> None:
    """
    Who has not asked for three seconds is no balancer any more.
    """
    draining.tell(3000, ONE)
    assert not draining.is_known(3000, DOWN)

    before = time.time() - RECENT - 1
    os.utime(f"{host.layout.run}/balancers/3000/{ONE}", (before, before))

    assert draining.is_known(3000, DOWN)


@pytest.fixture
def server(host: Host) -> Daemon:
    """A process that serves at port 3000."""
    definition = {
        "daemon": "process",
        "files": ["/srv/app/"],
        "command": ["serve"],
        "health": "http://h/",
        "port": 3000,
    }
    return host.daemon(Service("app-3000", definition))


def test_whoever_does_not_ask_is_refused(host: Host, server: Daemon) -> None:
    """
    Where no balancer asks, new connections are refused before the server ends, so that a proxy goes to another one.
    """
    server.leave()

    others = "ip saddr != 127.0.0.0/8 tcp dport 3000"
    assert f"{others} tcp flags & (syn | ack) == syn reject with tcp reset" in rules(host)[-1]


def test_a_balancer_that_asks_is_refused_nothing(host: Host, server: Daemon, draining: Draining) -> None:
    """
    A balancer that asks is told, and keeps its connections.
    """
    draining.tell(3000, ONE)

    server.leave()

    assert [] == rules(host)


def test_the_door_is_open_again(host: Host) -> None:
    """
    A push refuses connections to a server that it restarts, and to none when it is done.
    """
    for app in ("one", "two"):
        bundle = document(app=app)
        bundle["services"]["app-3000"]["port"] = 3000
        push.apply(host, json.dumps(bundle))

    assert any("reject" in rule for rule in rules(host))
    assert rules(host)[-1].endswith("delete table inet hacomponents_intake")


def rules(host: Host) -> list[str]:
    """What `nft` was told."""
    assert isinstance(host.machine, PretendedMachine)
    return host.machine.rules


@pytest.fixture
def address(host: Host) -> Iterator[tuple[str, int]]:
    """Where the service answers."""
    with Questions(("127.0.0.1", 0), host) as questions:
        threading.Thread(target=questions.serve_forever, daemon=True).start()
        yield "127.0.0.1", questions.server_address[1]
        questions.shutdown()


@pytest.mark.parametrize(
    ("question", "answer"),
    [(b"3000\n", b"down\n"), (b"3001\n", b"up\n"), (b"../x\n", b""), (b"\xff\n", b""), (b"", b""), (b"vrrp\n", b"\n")],
)
def test_questions_are_answered(draining: Draining, address: tuple[str, int], question: bytes, answer: bytes) -> None:
    """
    A port on a line is answered by a word on a line (haproxy 2.6, 5.2, agent-check), "vrrp" by keepalived; all
    else by nothing.
    """
    draining.leave(3000)
    with socket.create_connection(address, timeout=5) as connection:
        connection.sendall(question)
        connection.shutdown(socket.SHUT_WR)

        assert answer == connection.recv(100)
