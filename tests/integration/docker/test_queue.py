"""Who waits, waits in haproxy, not for ever; and whoever has a server keeps it (rails_ha)."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from http import HTTPStatus
from threading import Event
from typing import TYPE_CHECKING

import pytest

from hacomponents.testing import NoAnswer, eventually
from tests.integration.docker.site import PORTS
from tests.integration.docker.test_traffic import active_balancer, answers, logged, ports

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.integration.docker.site import Site

pytestmark = pytest.mark.integration

SESSIONS = 20
QUEUED = 40
BUSY = 8
"""Seconds for which all servers are busy."""
GIVE_UP = 4
"""Seconds until a client gives up: enough to be seen in the queue, also on a busy machine, and less than BUSY."""
PATIENCE = 1
"""Seconds of `timeout queue`, in the stories about its end."""
COOKIES = ("", "SERVERID=app-1-3002")
"""A request without a cookie waits for any server, one with a cookie for its own."""


@pytest.fixture
def impatient(site: Site) -> Iterator[Site]:
    """A site whose balancers let nobody wait for long."""
    site.stack.push(replace={"Thin, Vip": "Thin, Timeouts, Vip"}, lb=f"timeout=Timeouts(queue={PATIENCE})")
    yield site
    site.stack.push()


def waiting(site: Site) -> int:
    """How many requests wait in the active balancer, for any server or for one."""
    return sum(int(row["qcur"]) for row in site.statistics(active_balancer(site)) if row["pxname"] == "app")


def served(site: Site) -> list[int]:
    """How many requests each server has, by the active balancer."""
    return [int(row["scur"]) for row in site.servers(active_balancer(site)).values()]


def accepting(site: Site) -> list[int]:
    """How many connections wait in the kernel for each Thin server to accept them."""
    listening = site.app.exec("ss", "-Hltn", "( sport >= 3000 and sport <= 3004 )").splitlines()
    return [int(line.split()[1]) for line in listening]


@contextmanager
def slow(site: Site, *, seconds: float, times: int) -> Iterator[None]:
    """So many slow requests at once, on their way before the body runs; each must be answered well."""
    site.let_former_haproxy_end(active_balancer(site), site.url("/up"))
    with ThreadPoolExecutor(1) as pool:
        url = site.url(f"/slow?seconds={seconds}")
        asked = pool.submit(site.client.requests, url, times=times, at_once=times, timeout=60)
        eventually(lambda: served(site) == [1] * len(PORTS))
        yield
        assert [HTTPStatus.OK] * times == [getattr(answer, "status", answer) for answer in asked.result()]


def sessions(site: Site) -> dict[str, int]:
    """Cookies of new clients, and the server that each was given."""
    found = answers(site, "/whoami", SESSIONS)
    return {f"SERVERID=app-1-{answer.json()['port']}; client={index}": answer.json()["port"]
            for index, answer in enumerate(found)
            if answer.cookie("SERVERID").startswith(f"SERVERID=app-1-{answer.json()['port']};")}  # fmt: skip


def kept(site: Site, cookie: str, port: int) -> None:
    """The server of a cookie answers, and no other, and it sets no new cookie."""
    found = answers(site, "/whoami", 3, cookie=cookie)
    assert Counter({port: 3}) == ports(found)
    assert {""} == {answer.cookie("SERVERID") for answer in found}


def releases(site: Site) -> set[str]:
    """What the balancers serve."""
    return {f"{host.name}: {host.exec('readlink', '/etc/hacomponents/current')}" for host in site.lb.hosts}


def test_sessions_keep_their_server_over_a_failover(site: Site) -> None:
    """
    The balancer is killed: twenty sessions on the five servers are each still on their own, on the other balancer.
    """
    known = sessions(site)
    dead, peer = site.lb.holder, site.lb.standby

    dead.kill()
    site.client.eventually(site.url("/up"))

    assert peer == site.lb.holder
    assert dict.fromkeys(PORTS, SESSIONS // len(PORTS)) == Counter(known.values())
    for cookie, port in known.items():
        kept(site, cookie, port)


def test_sessions_keep_their_server_over_a_reload(site: Site) -> None:
    """
    Both balancers are reloaded: sessions that go on asking all the time are never on another server.
    """
    known = list(sessions(site).items())[: len(PORTS)]
    before = releases(site)
    pushed = Event()

    def ask(cookie: str, port: int) -> int:
        rounds = 0
        while not pushed.is_set() or rounds == 0:
            kept(site, cookie, port)
            rounds += 1
        kept(site, cookie, port)
        return rounds

    with ThreadPoolExecutor(len(known)) as pool:
        rounds = [pool.submit(ask, cookie, port) for cookie, port in known]
        try:
            site.stack.push(lb="retries=4")
        finally:
            pushed.set()
    after = releases(site)
    site.stack.push()

    assert set() == before & after
    assert all(number.result() > 1 for number in rounds)


def test_requests_queue_in_haproxy_not_in_thin(site: Site) -> None:
    """
    `maxconn 1`: of forty slow requests each Thin server has one at a time, and the kernel in front of it none; the
    others wait in haproxy until the last is answered.
    """
    with slow(site, seconds=0.5, times=QUEUED):
        most = 0
        while number := waiting(site):
            most = max(most, number)
            assert max(served(site)) <= 1
            assert [0] * len(PORTS) == accepting(site)

    assert most > QUEUED // 2
    assert {"1"} == {row["smax"] for row in site.servers(active_balancer(site)).values()}


def test_waiting_is_bounded(impatient: Site) -> None:
    """
    `timeout queue`: who has waited so long, for any server or for its own, gets a clean 503, and no new cookie; those
    that are served are not disturbed.
    """
    url = impatient.url("/up?waited-too-long")
    with slow(impatient, seconds=BUSY, times=len(PORTS)):
        refused = [impatient.client.succeeds(url, status=503, headers={"Cookie": cookie}) for cookie in COOKIES]
        assert (0, [1] * len(PORTS)) == (waiting(impatient), served(impatient))

    for answer in refused:
        assert PATIENCE <= answer.seconds < PATIENCE + 0.5
        assert "No server is available to handle this request." in answer.body
        assert ("text/html", "no-cache") == (answer.header("Content-Type"), answer.header("Cache-Control"))
        assert (str(len(answer.body)), "") == (answer.header("Content-Length"), answer.cookie("SERVERID"))
    eventually(lambda: len(logged(active_balancer(impatient), r" 503 \d+ - - sQ.*waited-too-long")) >= len(COOKIES))
    impatient.client.succeeds(impatient.url("/up"))


@pytest.mark.parametrize("cookie", COOKIES, ids=["any server", "its server"])
def test_who_gave_up_leaves_the_queue(site: Site, cookie: str) -> None:
    """
    `abortonclose`: clients that close while they wait are out of the queue at once, and no server hears of them.
    """
    with slow(site, seconds=BUSY, times=len(PORTS)), ThreadPoolExecutor(1) as pool:
        ask = partial(site.client.requests, times=10, at_once=10, timeout=GIVE_UP, headers={"Cookie": cookie})
        gone = pool.submit(ask, site.url("/up?gave-up"))
        eventually(lambda: waiting(site) == 10)
        assert all(isinstance(answer, NoAnswer) for answer in gone.result())
        eventually(lambda: waiting(site) == 0, within=1)
        assert [1] * len(PORTS) == served(site)

    eventually(lambda: len(logged(active_balancer(site), r" CQ.*gave-up")) >= 10)
    assert [] == logged(active_balancer(site), r" 200 .*gave-up")
