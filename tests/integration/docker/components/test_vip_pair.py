"""A pair that stands alone: some program, VIPs of both families that move together, and a hook that hangs."""

from __future__ import annotations

import logging
import time
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from hacomponents.testing import Client, VipWatch, eventually
from tests.integration.docker.architecture import Architecture
from tests.integration.docker.faults import BOUNDED, lateness
from tests.integration.docker.fresh import fresh_stack

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hacomponents.testing import HostHandle, PairUnderTest
    from tests.integration.docker.faults import BoundedFault

pytestmark = pytest.mark.integration

PROGRAM = '''
from hacomponents import Process, Url, Vip, VipPair, Vrrp3
from hacomponents.docker import Network

NOTIFY = """#!/bin/sh
echo "$@" >>/run/notified
sleep 600
"""
net = Network("lone", cidr="{cidr}", cidr6="{cidr6}")
vrrp = Vrrp3({vrrp})
VipPair(
    "db",
    hosts=net.hosts("db", 2),
    vip=[
        Vip(net.address(10), virtual_ipaddress_excluded=({excluded}), vrrp=vrrp, notify=NOTIFY),
        Vip(net.address6(0x12), vrrp=vrrp),
    ],
    track=[Process("keyvalued"), Url("http://127.0.0.1:6379/")],
)
'''
"""Two VRRP instances: IPv4 with an IPv6 address beside it, and IPv6."""
EXCLUDED = "net.address6(0x10),"
SERVER = """#!/usr/bin/python3
import http.server, socket
class Server(http.server.ThreadingHTTPServer):
    address_family = socket.AF_INET6
Server(("::", 6379), http.server.SimpleHTTPRequestHandler).serve_forever()
"""
PROCESS = "/usr/local/bin/keyvalued"
BOOT = 30  # seconds until a host that was off is well
APART = 5  # samples that one VIP may be on its way while the other is there
DELAY = 3  # seconds that the preferred host waits before it takes the VIPs back


# Checks of a program come each second, and twice, and nobody restarts it.
BROKEN = {
    "process killed": replace(BOUNDED["daemon killed"], bound=5),
    **{name: BOUNDED[name] for name in ("host killed", "keepalived hung")},
}


class Lone(Architecture):
    """The pair, and what serves there."""

    @property
    def pairs(self) -> tuple[PairUnderTest, ...]:
        """The hosts, with each VIP: that of the first instance, the one beside it, that of the second."""
        first = self.pair("db", 10)
        return (first, *(type(first)(first.hosts, self.address6(at)) for at in (0x10, 0x12)))

    def program(self, vrrp: str = "", excluded: str = EXCLUDED) -> None:
        """Write the program of the stack."""
        text = PROGRAM.format(cidr=self.stack.cidr, cidr6=self.stack.cidr6, vrrp=vrrp, excluded=excluded)
        (self.stack.project / self.stack.program).write_text(text)

    def serve(self, host: HostHandle) -> None:
        """Have the process run on a host, if it does not."""
        if not host.processes(PROCESS):
            host.exec(
                "sh", "-c", f"cat >{PROCESS}; chmod 755 {PROCESS}; setsid {PROCESS} >/dev/null 2>&1 &", stdin=SERVER
            )

    def is_well(self) -> bool:
        """One host has all VIPs and answers at each, the other is its standby."""
        holder, standby = (self.pairs[0].holder, self.pairs[0].standby)
        assert {holder} == {pair.holder for pair in self.pairs}
        assert ["MASTER", "BACKUP"] == [self.state(host)["vrrp"]["state"] for host in (holder, standby)]
        for pair in self.pairs:
            self.client.succeeds(url(pair))
        return True


def url(pair: PairUnderTest) -> str:
    """What the process answers."""
    return f"http://[{pair.vip}]:6379/" if ":" in pair.vip else f"http://{pair.vip}:6379/"


@pytest.fixture(scope="module")
def deployed_pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lone]:
    """The pair, up, without the process."""
    stack = fresh_stack("vip-pair", tmp_path_factory.mktemp("vip-pair"), architecture="vip_pair")
    with_client = Client(f"{stack.name}-client", f"{stack.name}-lone")
    lone = Lone(stack, with_client)
    lone.program()
    try:
        stack.up()
        with with_client:
            yield lone
    finally:
        stack.destroy()


@pytest.fixture
def lone(deployed_pair: Lone) -> Lone:
    """The same, with the process on both hosts, and well."""
    for host in deployed_pair.pairs[0].hosts:
        deployed_pair.serve(host)
    eventually(deployed_pair.is_well, within=BOOT)
    return deployed_pair


def test_up_before_there_is_a_process(deployed_pair: Lone) -> None:
    """
    Both hosts come up while nothing of what is tracked runs on them: neither takes the VIPs, until it does.
    """
    hosts = deployed_pair.pairs[0].hosts
    fault = dict.fromkeys((deployed_pair.pairs[0].vip, deployed_pair.pairs[2].vip), "FAULT")

    eventually(lambda: [fault, fault] == [deployed_pair.state(host)["vrrp"]["instances"] for host in hosts])
    deployed_pair.serve(hosts[1])
    eventually(lambda: all(hosts[1].holds(pair.vip) for pair in deployed_pair.pairs))


@pytest.mark.parametrize("fault", BROKEN.values(), ids=BROKEN)
def test_vips_follow_what_works(lone: Lone, fault: BoundedFault) -> None:
    """
    The process ends, or the host, or its keepalived: all VIPs are on the peer soon, no two of them on different hosts
    meanwhile and none on both, though the hook of before hangs; clients over IPv6 come in again.
    """
    first, beside, second = lone.pairs
    holder, peer = first.holder, first.standby

    with (
        VipWatch(first) as a,
        VipWatch(beside) as b,
        VipWatch(second) as c,
        lone.client.gap(url(second), every=0.05) as gap,
    ):
        with fault.on(holder, PROCESS):
            eventually(lambda: peer.holds(second.vip))
            lone.client.eventually(url(second))
            assert lone.client.neighbour(second.vip) == peer.mac
        lone.serve(holder)
        eventually(lone.is_well, within=BOOT)

    logging.getLogger(__name__).info("nobody came in over IPv6 for %.2f s", gap.report.longest)
    assert 3 * [(peer.name,)] == [watch.moves[-1].holders for watch in (a, b, c)]
    assert [(), (), ()] == [watch.overlaps for watch in (a, b, c)]
    assert apart(a, b, c) < APART * max(watch.resolution for watch in (a, b, c))
    assert gap.report.longest < fault.bound + lateness(a, b, c)


def test_vips_are_handed_over_together(lone: Lone) -> None:
    """
    A planned handover moves the VIPs of both families, and is done when the peer has all of them, which the host that
    had them sees on the network.
    """
    holder, peer = lone.pairs[0].holder, lone.pairs[0].standby

    said = holder.exec("hacomponents-agent", "handover")

    assert [True] * len(lone.pairs) == [peer.holds(pair.vip) for pair in lone.pairs]
    assert [True] * len(lone.pairs) == [pair.vip in said for pair in lone.pairs]
    seen = holder.exec("hacomponents-agent", "settle")
    assert [True] * len(lone.pairs) == [f"{pair.vip} is on {peer.mac}" in seen for pair in lone.pairs]


def test_addresses_come_and_go(lone: Lone) -> None:
    """
    Addresses of both families are added beside the first VIP, and removed: no VIP moves, and the hook is not run.
    """
    holder = lone.pairs[0].holder
    further = (lone.address6(0x11), lone.address(12))
    notified = holder.exec("cat", "/run/notified")

    with VipWatch(lone.pairs[0]) as watch, VipWatch(lone.pairs[2]) as other:
        lone.program(excluded=EXCLUDED + "net.address6(0x11), net.address(12)")
        lone.stack.up()
        there = [holder.holds(address) for address in further]
        lone.program()
        lone.stack.up()

    assert [True, True] == there
    assert [False, False] == [holder.holds(address) for address in further]
    assert 2 * [(holder.name,)] == [move.holders for each in (watch, other) for move in each.moves]
    assert notified == holder.exec("cat", "/run/notified")


def test_hook_is_told_and_bounded(lone: Lone) -> None:
    """
    The hook is told which VIP is now what, and runs in the hands of one who ends it.
    """
    vip = lone.pairs[0].vip
    before, after = lone.pairs[0].holder, lone.pairs[0].standby

    before.exec("hacomponents-agent", "handover")

    hook = f"^/usr/bin/timeout --kill-after=1 30 /etc/keepalived/notify/{vip} INSTANCE {vip} MASTER"
    eventually(lambda: after.processes(hook))
    eventually(lambda: f"INSTANCE {vip} MASTER" in after.exec("tail", "-n", "1", "/run/notified"))
    eventually(lambda: f"INSTANCE {vip} BACKUP" in before.exec("tail", "-n", "1", "/run/notified"))


def test_preferred_host_takes_the_vips_back_after_a_while(lone: Lone) -> None:
    """
    With `preempt_delay`, the first host takes the VIPs back when it is well again, and not before the delay is over.
    """
    lone.program(vrrp=f"nopreempt=False, preempt_delay={DELAY}")
    lone.stack.up()
    first, second = lone.pairs[0].hosts
    eventually(lambda: first.holds(lone.pairs[0].vip), within=BOOT)

    first.kill_process(PROCESS)
    eventually(lambda: second.holds(lone.pairs[0].vip))
    began = time.monotonic()
    lone.serve(first)
    eventually(lambda: all(first.holds(pair.vip) for pair in lone.pairs), within=BOOT)

    assert time.monotonic() - began > DELAY


def apart(*watches: VipWatch) -> float:
    """Seconds for which two VIPs were on different hosts."""
    moves = sorted(
        (watch.began + move.at, number, move.holders) for number, watch in enumerate(watches) for move in watch.moves
    )
    holders: dict[int, tuple[str, ...]] = {}
    total = before = 0.0
    for at, number, names in moves:
        if len({each for each in holders.values() if each}) > 1:
            total += at - before
        holders[number], before = names, at
    return total
