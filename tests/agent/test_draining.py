"""What balancers are told of servers that leave, and what is known of what they were told."""

from __future__ import annotations

import os
import socket
import threading
import time
from typing import TYPE_CHECKING

import pytest

from hacomponents.agent.agent_check import Questions
from hacomponents.agent.draining import DOWN, RECENT, UP, Draining

if TYPE_CHECKING:
    from collections.abc import Iterator

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
