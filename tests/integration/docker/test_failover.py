"""What breaks, and what a client sees of it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from hacomponents.testing import Pair, VipWatch, eventually
from tests.integration.docker.failures import FAILURES
from tests.integration.docker.site import PORTS

if TYPE_CHECKING:
    from collections.abc import Callable

    from hacomponents.testing import Client, HostHandle
    from tests.integration.docker.failures import Failure
    from tests.integration.docker.site import Site

pytestmark = pytest.mark.integration

HEALED = 2  # seconds until one host has the VIP
DAEMONS = {"web": "nginx", "lb": "haproxy"}


@pytest.fixture(params=["web", "lb"])
def tier(request: pytest.FixtureRequest) -> str:
    """Both pairs, one after the other."""
    return str(request.param)


@pytest.fixture
def pair(site: Site, tier: str) -> Pair:
    """The pair of the tier."""
    return {"web": site.web, "lb": site.lb}[tier]


def answers_of(site: Site, tier: str) -> tuple[str, str]:
    """A URL and a method that the tier's own daemon answers, without those behind it."""
    return {"web": (site.url("/"), "TRACE"), "lb": (f"http://{site.lb.vip}:8080/my_stats", "GET")}[tier]


def taken_over(pair: Pair, by: HostHandle) -> Callable[[], bool]:
    """The VIP is on this host."""
    return lambda: by.holds(pair.vip)


def is_standby(site: Site, host: HostHandle) -> bool:
    """The host is well, and waits for its peer to fail."""
    state = site.state(host)
    ailing = {name: service["ailment"] for name, service in state["services"].items() if not service["healthy"]}
    assert ({}, []) == (ailing, state["vips"]), f"{host.name}: {state}"
    return bool(state["vrrp"]["state"] == "BACKUP")


@pytest.mark.parametrize("failure", FAILURES.values(), ids=FAILURES)
def test_peer_stands_in(site: Site, pair: Pair, tier: str, failure: Failure) -> None:
    """
    The active host fails: its peer serves within the bound, and keeps the VIP when the host is back as its standby.
    """
    broken, peer = pair.holder, pair.standby
    url, method = answers_of(site, tier)

    with VipWatch(pair) as watch, site.client.gap(url, method=method) as gap:
        with failure.on(broken, f"^{DAEMONS[tier]}[: ]"):
            eventually(taken_over(pair, peer))
            site.client.eventually(site.url("/up"))
            assert peer.mac == site.client.neighbour(pair.vip)
        mended = time.monotonic()
        eventually(lambda: is_standby(site, broken), within=30)

    assert gap.report.longest < failure.bound
    assert (peer.name,) == watch.moves[-1].holders
    assert peer.mac == site.client.neighbour(pair.vip)
    assert watch.began + watch.settled < mended + HEALED
    assert failure.keeps_address or () == watch.overlaps


def test_killed_standby_is_not_noticed(site: Site, pair: Pair) -> None:
    """
    The standby is killed under load: no request fails and the VIP stays.
    """
    holder, standby = pair.holder, pair.standby

    with VipWatch(pair) as watch, site.client.load(site.url("/up"), connections=4, think_time=0.02) as load:
        standby.kill()
        standby.start()
        eventually(lambda: standby.processes("keepalived"), within=30)

    assert () == load.report.failures
    assert [(holder.name,)] == [move.holders for move in watch.moves]


def test_servers_killed_one_by_one_are_not_noticed(site: Site) -> None:
    """
    Each Thin server in turn is killed with -9 and comes back by itself: no request fails, at full load.
    """
    with site.client.load(site.url("/up"), connections=len(PORTS) + 1) as load:
        for port in PORTS:
            kill_and_await(site, port)

    assert () == load.report.failures


def test_last_server_carries_the_site(site: Site) -> None:
    """
    Four of five Thin servers are stopped: the site answers from the fifth.
    """
    for port in PORTS[:-1]:
        site.app.exec("sv", "stop", f"/etc/service/thin-{port}")

    answer = site.client.eventually(site.url("/whoami"))

    for port in PORTS[:-1]:
        site.app.exec("sv", "start", f"/etc/service/thin-{port}")
    assert PORTS[-1] == answer.json()["port"]


def kill_and_await(site: Site, port: int) -> None:
    """Kill a Thin server, and wait until another process has its port and both balancers use it again."""
    before = site.client.succeeds(site.thin_url(port, "/whoami")).json()["pid"]
    site.app.exec("sh", "-c", f"kill -9 {before}")
    eventually(lambda: pid_of(site.client, site.thin_url(port, "/whoami")) != before, within=30)
    for host in site.lb.hosts:
        eventually(lambda host=host: site.servers(host)[f"app-1-{port}"]["status"] == "UP", within=30)  # type: ignore[misc]


def pid_of(client: Client, url: str) -> int:
    """The process that answers."""
    return int(client.succeeds(url, timeout=2).json()["pid"])
