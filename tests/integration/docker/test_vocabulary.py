"""The vocabulary of tests sees what it is there to see: on two bare containers, without any daemon."""

from __future__ import annotations

import math
import os
from typing import TYPE_CHECKING

import pytest

from hacomponents.testing import Client, DockerError, HostHandle, NoAnswer, PairUnderTest, VipWatch, eventually
from hacomponents.testing.docker import docker, image

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.integration

NAME = f"hacomponents-test-vocabulary-{os.getpid()}"
LONG = 5.0
SERVER = """
import http.server, itertools
class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    numbers = itertools.count()
    asked = 0
    def do_GET(self):
        self.asked += 1
        if self.path == "/crossing" and self.asked > 1:
            self.close_connection = True
            return
        bad = (self.path == "/half" and next(self.numbers) % 2) or (self.path == "/new" and self.asked > 1)
        self.send_response(503 if bad else 200)
        self.send_header("Content-Length", "3")
        self.end_headers()
        self.wfile.write(b"no\\n" if bad else b"ok\\n")
        self.close_connection = self.close_connection or self.path == "/once"
    do_POST = do_GET
http.server.ThreadingHTTPServer(("0.0.0.0", 80), Handler).serve_forever()
"""


@pytest.fixture(scope="module")
def network() -> Iterator[str]:
    """A network of Docker."""
    docker("network", "create", NAME)
    yield NAME
    docker("network", "rm", NAME)


@pytest.fixture
def pair(network: str) -> Iterator[PairUnderTest]:
    """Two hosts that do nothing but serve, and an address that neither holds."""
    hosts = (HostHandle(f"{NAME}-1"), HostHandle(f"{NAME}-2"))
    for host in hosts:
        docker("run", "--detach", "--init", "--name", host.name, "--network", network, "--cap-add", "NET_ADMIN",
               image(), "python3", "-c", SERVER)  # fmt: skip
    yield PairUnderTest(hosts, hosts[0].address.rsplit(".", 1)[0] + ".200")
    for host in hosts:
        docker("rm", "--force", host.name)


@pytest.fixture
def client(network: str, pair: PairUnderTest) -> Iterator[Client]:
    """A client that has seen both servers answer."""
    with Client(f"{NAME}-client", network) as client:
        for host in pair.hosts:
            client.eventually(f"http://{host.address}/")
        yield client


def take(host: HostHandle, vip: str) -> None:
    """Put an address on a host."""
    host.exec("ip", "address", "add", f"{vip}/24", "dev", "eth0")


def drop(host: HostHandle, vip: str) -> None:
    """Take it away."""
    host.exec("ip", "address", "del", f"{vip}/24", "dev", "eth0")


def test_watch_sees_moves_and_vacancies(pair: PairUnderTest) -> None:
    """
    An address that leaves one host and then comes to the other: three states, and the vacancy between them.
    """
    first, second = pair.hosts
    take(first, pair.vip)

    with VipWatch(pair) as watch:
        drop(first, pair.vip)
        take(second, pair.vip)
        eventually(lambda: second.holds(pair.vip))

    assert [(first.name,), (), (second.name,)] == [move.holders for move in watch.moves]
    assert 0 < watch.vacancy < watch.moves[-1].at
    assert () == watch.overlaps


def test_what_goes_on_is_said(pair: PairUnderTest, client: Client) -> None:
    """
    While a watch and probes go on, they tell who holds the address, how many requests there were, and for how long
    nobody came in.
    """
    first, second = pair.hosts
    url = f"http://{second.address}/"

    with VipWatch(pair) as watch, client.load(url, timeout=1) as load, client.gap(url) as gap:
        take(first, pair.vip)
        eventually(lambda: watch.now == (first.name,))
        eventually(lambda: load.now["requests"] > 0 and load.now["failed"] == 0)
        second.kill()
        eventually(lambda: gap.now["silence"] > 1)
        eventually(lambda: load.now["failed"] > 0)

    assert 0 <= gap.report.began - watch.began < LONG
    assert load.report.requests > 0


def test_watch_sees_two_holders(pair: PairUnderTest) -> None:
    """
    An address on both hosts is an overlap, with its length.
    """
    first, second = pair.hosts
    take(first, pair.vip)

    with VipWatch(pair) as watch:
        take(second, pair.vip)
        drop(first, pair.vip)

    (overlap,) = watch.overlaps
    assert (first.name, second.name) == overlap.holders
    assert 0 < overlap.seconds < LONG


def test_watch_sees_a_host_die_and_return(pair: PairUnderTest) -> None:
    """
    A killed host holds nothing, and is recognised again after its start.
    """
    first, _ = pair.hosts
    take(first, pair.vip)

    with VipWatch(pair) as watch:
        first.kill()
        first.start()
        take(first, pair.vip)
        eventually(lambda: first.holds(pair.vip))
        eventually(lambda: first.processes("python3"))

    assert [(first.name,), (), (first.name,)] == [move.holders for move in watch.moves]


def test_client_asserts_what_it_gets(client: Client, pair: PairUnderTest) -> None:
    """
    `succeeds` fails on another status and on a silent address, `fails` fails on an answer, each saying what came.
    """
    good = f"http://{pair.hosts[0].address}/"

    with pytest.raises(AssertionError, match="200, not 404"):
        client.succeeds(good, status=404)
    with pytest.raises(AssertionError, match="Connection refused"):
        client.succeeds(f"http://{pair.hosts[0].address}:81/")
    with pytest.raises(AssertionError, match="though it should fail"):
        client.fails(good)
    assert "Connection refused" in client.fails(f"http://{pair.hosts[0].address}:81/")


def test_load_counts_every_failure(client: Client, pair: PairUnderTest) -> None:
    """
    Every second answer is 503: the load counts each with its status and body.
    """
    with client.load(f"http://{pair.hosts[0].address}/half", connections=1, think_time=0.01) as load:
        eventually(lambda: client.requests(f"http://{pair.hosts[1].address}/"))

    errors = {failure.error for failure in load.report.failures}
    assert {"HTTP 503: 'no\\n'"} == errors
    assert abs(load.report.requests - 2 * len(load.report.failures)) <= 1


def test_load_uses_a_connection_again_or_a_new_one(client: Client, pair: PairUnderTest) -> None:
    """
    A server that refuses the second request of a connection: a load with a new one for each does not notice.
    """
    url = f"http://{pair.hosts[0].address}/new"

    with client.load(url, connections=1, think_time=0.01) as kept, client.load(url, keep_alive=False) as new:
        eventually(lambda: client.requests(f"http://{pair.hosts[1].address}/"))

    assert len(kept.report.failures) == kept.report.requests // 2  # a failure ends the connection
    assert () == new.report.failures
    assert 1 < new.report.requests


def test_load_opens_a_dropped_connection_anew(client: Client, pair: PairUnderTest) -> None:
    """
    A server that closes after each answer without a word: even POST does not fail, and every reopening is counted.
    """
    url = f"http://{pair.hosts[0].address}/once"

    with client.load(url, method="POST", connections=1, think_time=0.05) as load:
        eventually(lambda: client.requests(f"http://{pair.hosts[1].address}/"))

    assert () == load.report.failures
    assert load.report.requests - 1 == load.report.reopened > 1


@pytest.mark.parametrize(("method", "may_be_sent_again"), [("GET", True), ("POST", False)])
def test_load_tells_what_crossed_a_close(
    client: Client, pair: PairUnderTest, method: str, *, may_be_sent_again: bool
) -> None:
    """
    A server that closes a kept connection under each second request: GET is sent again, as HTTP allows, and counted;
    POST is a failure that says so.
    """
    url = f"http://{pair.hosts[0].address}/crossing"

    with client.load(url, method=method, connections=1, think_time=0.05) as load:
        eventually(lambda: load.now.get("requests", 0) > 3)

    report = load.report
    assert may_be_sent_again == (report.resent > 0) == (report.failures == ())
    assert all(failure.crossed for failure in report.failures)
    assert len(report.failures) + report.resent >= report.requests // 2


def test_gap_is_as_long_as_the_cut(client: Client, pair: PairUnderTest) -> None:
    """
    A host that is cut off and comes back is one gap, as long as the cut.
    """
    host = pair.hosts[0]

    with client.gap(f"http://{host.address}/") as gap:
        host.block()
        client.fails(f"http://{host.address}/", timeout=1)
        host.unblock()
        client.eventually(f"http://{host.address}/")

    assert 1 < gap.report.longest < LONG
    assert {"TimeoutError"} == {failure.error for failure in gap.report.failures}


@pytest.mark.parametrize("direction", ["in", "out"])
def test_block_works_one_way(client: Client, pair: PairUnderTest, direction: str) -> None:
    """
    A cut of one direction, whichever, is enough to lose the host.
    """
    host = pair.hosts[0]

    host.block("in" if direction == "in" else "out")
    assert isinstance(client.requests(f"http://{host.address}/", timeout=1)[0], NoAnswer)
    host.unblock()

    client.eventually(f"http://{host.address}/")


def test_split_pair_is_reached_by_everybody_else(client: Client, pair: PairUnderTest) -> None:
    """
    Two hosts that are cut off from each other, also in the name of an address that moves, still answer the client.
    """
    first, second = pair.hosts
    take(first, pair.vip)
    reaches = ("python3", "-c", f"import socket; socket.create_connection(('{pair.vip}', 80), 1)")

    pair.split()
    client.succeeds(f"http://{pair.vip}/")
    client.succeeds(f"http://{second.address}/")
    with pytest.raises(DockerError, match=r"timed out|No route"):
        second.exec(*reaches)
    pair.join()

    second.exec(*reaches)


def test_watch_says_when_one_holder_was_left(pair: PairUnderTest) -> None:
    """
    `settled` is the end of the last overlap or vacancy, and infinite where there is one still.
    """
    first, second = pair.hosts
    take(first, pair.vip)

    with VipWatch(pair) as settled:
        with VipWatch(pair) as unsettled:
            take(second, pair.vip)
            eventually(lambda: len(unsettled.now) == len(pair.hosts))
        drop(first, pair.vip)
        eventually(lambda: settled.now == (second.name,))

    (overlap,) = settled.overlaps
    assert math.inf == unsettled.settled
    assert overlap.at + overlap.seconds == settled.settled


def test_process_without_files_accepts_nobody(client: Client, pair: PairUnderTest) -> None:
    """
    A server that may open no further file accepts no connection, until it may again.
    """
    host = pair.hosts[0]

    host.limit_open_files("^python3 ", 1)
    client.fails(f"http://{host.address}/", timeout=1)
    host.limit_open_files("^python3 ")

    client.eventually(f"http://{host.address}/")


def test_frozen_host_does_not_answer(client: Client, pair: PairUnderTest) -> None:
    """
    A paused host is silent until it goes on.
    """
    host = pair.hosts[0]

    host.pause()
    assert "timed out" in client.fails(f"http://{host.address}/", timeout=1)
    host.unpause()

    client.eventually(f"http://{host.address}/")


def test_killing_what_is_not_there_is_an_error(pair: PairUnderTest) -> None:
    """
    A pattern that matches no process is a mistake of the story, and says so.
    """
    with pytest.raises(AssertionError, match="no process matches 'nginx'"):
        pair.hosts[0].kill_process("nginx")
