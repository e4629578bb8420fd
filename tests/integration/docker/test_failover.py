"""What breaks, and what a client sees of it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from hacomponents.testing import Client, DockerError, VipWatch, eventually
from hacomponents.testing.faults import KEEPALIVED
from tests.integration.docker.faults import BOUNDED
from tests.integration.docker.site import PORTS

if TYPE_CHECKING:
    from tests.integration.docker.faults import BoundedFault
    from tests.integration.docker.site import Site
    from tests.integration.docker.tier import Tier

pytestmark = pytest.mark.integration

HEALED = 2  # seconds until one host has the VIP
PID_FILES = "/run/nginx.pid /run/hacomponents/keepalived/parent.pid /run/hacomponents/keepalived/vrrp.pid"
ASKED_ANEW = 5  # seconds until a client that is new to the network has the right neighbour
BOOT = 30  # seconds until a host that was off is well


@pytest.mark.parametrize("fault", BOUNDED.values(), ids=BOUNDED)
def test_peer_stands_in(tier: Tier, fault: BoundedFault) -> None:
    """
    The active host fails: its peer serves within the bound, and keeps the VIP when the host is back as its standby.
    """
    pair, client = tier.pair, tier.site.client
    broken, peer = pair.holder, pair.standby

    with VipWatch(pair) as watch, tier.gap() as gap:
        with fault.on(broken, tier.processes):
            eventually(lambda: peer.holds(pair.vip))
            client.eventually(tier.site.url("/up"))
            assert tier.is_reached_at(peer)
        mended = time.monotonic()
        eventually(lambda: tier.is_standby(broken), within=BOOT)

    assert gap.report.longest < fault.bound
    assert (peer.name,) == watch.moves[-1].holders
    assert watch.began + watch.settled < mended + HEALED
    assert fault.keeps_address or () == watch.overlaps
    assert tier.is_reached_at(peer)


def test_new_clients_of_a_frozen_host_reach_its_peer(tier: Tier) -> None:
    """
    The kernel of a frozen host still answers for its VIP: who asks for the first time then is drawn to it for two
    seconds at most.
    """
    pair, stack = tier.pair, tier.site.stack
    frozen, peer = pair.holder, pair.standby

    frozen.pause()
    eventually(lambda: peer.holds(pair.vip))
    with Client(f"{stack.name}-newcomer", f"{stack.name}-rails") as newcomer:
        url = tier.site.url("/up") if tier.name == "web" else f"http://{pair.vip}:3100/up"
        newcomer.eventually(url, within=ASKED_ANEW)
    frozen.unpause()

    eventually(lambda: tier.is_standby(frozen), within=BOOT)


def test_killed_standby_is_not_noticed(tier: Tier) -> None:
    """
    The standby is killed under load, and comes back: no request fails and the VIP stays.
    """
    pair, site = tier.pair, tier.site
    holder, standby = pair.holder, pair.standby

    with VipWatch(pair) as watch, site.client.load(site.url("/up"), connections=4, think_time=0.02) as load:
        standby.kill()
        standby.start()
        eventually(lambda: tier.is_standby(standby), within=BOOT)

    assert () == load.report.failures
    assert [(holder.name,)] == [move.holders for move in watch.moves]


def test_pair_comes_back_after_a_power_cut(tier: Tier) -> None:
    """
    Both hosts are killed and started: one of them has the VIP in the end, the other is its standby, never both.
    """
    pair, site = tier.pair, tier.site

    with VipWatch(pair) as watch:
        for host in pair.hosts:
            host.kill()
        for host in pair.hosts:
            host.start()
        site.client.eventually(site.url("/up"), within=BOOT)
        eventually(lambda: tier.is_standby(pair.standby), within=BOOT)

    assert () == watch.overlaps
    assert tier.is_reached_at(pair.holder)


def test_pid_files_of_before_stop_no_restart(tier: Tier) -> None:
    """
    The daemons are killed while their pid files name a process that lives: they start again all the same.
    """
    standby = tier.pair.standby
    for service in (tier.daemon, "keepalived"):
        standby.exec("sv", "down", f"/etc/service/{service}")
    eventually(lambda: not standby.processes(f"{tier.processes}|{KEEPALIVED}"))

    standby.exec("sh", "-c", f"for file in {PID_FILES}; do echo 1 > $file; done")
    for service in (tier.daemon, "keepalived"):
        standby.exec("sv", "up", f"/etc/service/{service}")

    eventually(lambda: tier.is_standby(standby))


def test_vip_is_not_handed_over_to_a_broken_standby(tier: Tier) -> None:
    """
    The standby's daemon is down, which its agent says: the active host refuses to hand over, and serves on.
    """
    pair = tier.pair
    holder, standby = pair.holder, pair.standby
    standby.exec("sv", "down", f"/etc/service/{tier.daemon}")
    eventually(lambda: tier.site.state(standby)["vrrp"]["state"] == "FAULT")

    service = tier.site.state(standby)["services"][tier.daemon]
    with VipWatch(pair) as watch, tier.gap() as gap, pytest.raises(DockerError) as refusal:
        holder.exec("hacomponents-agent", "handover")

    standby.exec("sv", "up", f"/etc/service/{tier.daemon}")
    assert ("down", False) == (service["state"], service["healthy"])
    assert f"nothing changed: the peer {standby.address}" in str(refusal.value)
    assert [(holder.name,)] == [move.holders for move in watch.moves]
    assert () == gap.report.gaps


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
    with site.app.without(*(f"thin-{port}" for port in PORTS[:-1])):
        answer = site.client.eventually(site.url("/whoami"))

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
