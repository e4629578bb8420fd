"""Two haproxy that nginx itself balances (rails_lb_by_nginx): one of them goes, and no client sees it."""

from __future__ import annotations

import logging
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING

import pytest

from hacomponents.testing import eventually
from tests.integration.docker.site import PORTS, Site
from tests.integration.docker.traffic import THINK_TIME, Traffic

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

    from hacomponents.testing import HostHandle
    from hacomponents.testing.client import Request
    from tests.integration.docker.architecture import Architecture

pytestmark = pytest.mark.integration

HAPROXY = "^haproxy "
SERVICE = "/etc/service/haproxy"
THIN = "^/usr/bin/ruby /usr/bin/thin "
BOOT = 30  # seconds until a host that was off serves
# A dead host does not refuse: nginx waits for its `proxy_connect_timeout`, and then asks the other one.
CONNECT_TIMEOUT = 2.0


@pytest.fixture(scope="module")
def site(deployed: Callable[[str], AbstractContextManager[Architecture]]) -> Iterator[Site]:
    """The stack `rails_lb_by_nginx`, up."""
    with deployed("rails_lb_by_nginx") as architecture:
        yield Site(architecture.stack, architecture.client)


@pytest.fixture
def balancers(site: Site) -> tuple[HostHandle, HostHandle]:
    """Both haproxy hosts, once each has five servers and answers, and nginx has forgiven what a story did to it."""
    hosts = (site.host("lb-1"), site.host("lb-2"))
    eventually(lambda: all(is_well(site, host) for host in hosts), within=BOOT, every=0.5)
    eventually(lambda: are_asked(site, hosts), every=0.5)
    return hosts


def is_well(site: Site, host: HostHandle) -> bool:
    """Whether a balancer sees all its servers."""
    return ["UP"] * len(PORTS) == [row["status"] for row in site.servers(host).values()]


def taken(site: Site, host: HostHandle) -> int:
    """How many requests the frontend of a balancer has had."""
    return int(next(row["req_tot"] for row in site.statistics(host) if row["pxname"] == "lb" and row["type"] == "0"))


def are_asked(site: Site, hosts: tuple[HostHandle, ...]) -> bool:
    """Whether nginx asks each of these balancers."""
    before = [taken(site, host) for host in hosts]
    site.client.requests(site.url("/up"), times=4)
    return all(taken(site, host) > had for host, had in zip(hosts, before, strict=True))


def at_work(site: Site, host: HostHandle) -> int:
    """How many requests are in its servers now."""
    return int(site.backend(host)["scur"])


def notes(site: Site, words: str) -> int:
    """How often a note is on the page."""
    return site.client.succeeds(site.url("/")).body.count(words)


@contextmanager
def without(host: HostHandle) -> Iterator[None]:
    """Haproxy is killed on a host, which refuses connections to it while the body lasts."""
    host.exec("sv", "once", SERVICE)  # not to be started again
    host.kill_process(HAPROXY)
    eventually(lambda: not host.processes(HAPROXY))
    try:
        yield
    finally:
        host.exec("sv", "up", SERVICE)


@contextmanager
def frozen_application(site: Site) -> Iterator[None]:
    """While the body lasts, the five Thin servers take requests, and do nothing with them."""
    site.app.kill_process(THIN, "STOP")
    try:
        yield
    finally:
        site.app.kill_process(THIN, "CONT")


def test_both_have_their_share(site: Site, balancers: tuple[HostHandle, HostHandle]) -> None:
    """
    Nginx asks one haproxy after the other: of twenty requests each has ten.
    """
    before = [taken(site, host) for host in balancers]

    site.client.requests(site.url("/up"), times=20)

    assert [10, 10] == [taken(site, host) - had for host, had in zip(balancers, before, strict=True)]


def test_a_balancer_that_leaves_in_order(site: Site, balancers: tuple[HostHandle, HostHandle]) -> None:
    """
    Haproxy is stopped in order on one host and comes back, under load: no GET and no POST fails.
    """
    leaving, _ = balancers

    with Traffic(site) as traffic:
        leaving.exec("sv", "-w", "20", "stop", SERVICE)
        site.client.requests(site.url("/up"), times=20)
        leaving.exec("sv", "start", SERVICE)
        eventually(partial(is_well, site, leaving), within=BOOT)

    assert traffic.requests > 0
    assert [] == traffic.failures


def test_a_balancer_that_dies(site: Site, balancers: tuple[HostHandle, HostHandle]) -> None:
    """
    Haproxy is killed on one host under load: no GET fails, neither on connections that are kept nor on new ones; when
    it is back, it is asked again.
    """
    broken, _ = balancers
    kept, new = (
        site.client.load(site.url("/up"), connections=4, keep_alive=keep, think_time=THINK_TIME)
        for keep in (True, False)
    )

    with kept, new:
        with without(broken):
            site.client.requests(site.url("/up"), times=20)
        eventually(lambda: taken(site, broken) > 0, within=BOOT)

    assert kept.report.requests > 0
    assert ((), ()) == (kept.report.failures, new.report.failures)


def test_posts_while_one_is_dead(site: Site, balancers: tuple[HostHandle, HostHandle]) -> None:
    """
    While one haproxy refuses connections, each of ten POSTs is answered, and done once: what was not sent is sent to
    the other one.
    """
    words = "while one is dead"
    form = site.note_form(words)

    with without(balancers[0]):
        statuses = {site.client.request(site.url("/notes"), **form).status for _ in range(10)}

    assert {302} == statuses
    assert 10 == notes(site, words)


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_what_was_sent_when_it_died(site: Site, balancers: tuple[HostHandle, HostHandle], method: str) -> None:
    """
    The haproxy that has a request dies: a GET is asked of the other one; a POST, which may have been done, is not
    repeated, and its client is told.
    """
    words = f"sent by {method} when it died"
    how: Request = site.note_form(words) if method == "POST" else {}
    page = site.url("/notes" if method == "POST" else "/up")

    had = notes(site, words)
    with ThreadPoolExecutor(1) as pool:
        with frozen_application(site):
            request = pool.submit(site.client.request, page, **how)
            (broken,) = eventually(lambda: [host for host in balancers if at_work(site, host)])
            with without(broken):
                if method == "POST":
                    assert 502 == request.result().status
                else:
                    (other,) = (host for host in balancers if host != broken)
                    eventually(lambda: at_work(site, other))
        answer = request.result()

    assert {"GET": 200, "POST": 502}[method] == answer.status
    assert notes(site, words) <= had + 1


def test_a_balancers_host_that_dies(site: Site, balancers: tuple[HostHandle, HostHandle]) -> None:
    """
    The host of a haproxy is cut off its power under load: no request fails; the slowest waited until nginx gave the
    host up.
    """
    broken, _ = balancers

    with site.client.load(site.url("/up"), connections=4, think_time=THINK_TIME) as load:
        broken.kill()
        site.client.requests(site.url("/up"), times=50)
        broken.start()
        eventually(lambda: is_well(site, broken), within=BOOT)

    logging.getLogger(__name__).info("slowest of %d: %.2f s", load.report.requests, load.report.slowest)
    assert () == load.report.failures
    assert load.report.slowest < 2 * CONNECT_TIMEOUT + 1


def test_a_third_balancer(site: Site) -> None:
    """
    A third haproxy: it is created with what belongs to it, both nginx are pushed to, the application's firewall lets it
    in, and nothing else is touched.
    """
    site.stack.write(replace={'hosts("lb", 2)': 'hosts("lb", 3)'})
    preview = site.stack.preview()

    new = {"lb-3", "lb-3-agent", "lb-3-secrets", "lb-3-push"}
    assert {"create": new, "update": {"app-1-push", "web-1-push", "web-2-push"}} == preview.touched
