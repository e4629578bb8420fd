"""A VIP is on one host, also while it moves and while priorities change."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from hacomponents.testing import HostHandle, PairUnderTest, VipWatch, eventually
from hacomponents.testing.background import Background
from hacomponents.testing.docker import image
from hacomponents.topology.vip import Vrrp3
from tests.agent import real_time
from tests.agent.boxes import VIP, Box, boxes, docker
from tests.agent.lone_pair import bundle, push

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.daemons

OF_BEFORE = Vrrp3(priority=(254, 253))
SLOW = Path(__file__).with_name("slow.py").read_text()
RELEASE = 0.02  # seconds from a holder's last advert until it lets go; up to 11 ms were measured on a busy machine
MOVES = 4
REJECTED = 3
WELL = 60  # seconds until a host is fit to take the VIP, on a machine with much other work
MAINTENANCE = "/run/hacomponents/track/maintenance"


@pytest.fixture(scope="module")
def machines() -> Iterator[list[Box]]:
    """Both machines of a pair that stands alone, with the priorities of before."""
    with boxes(2) as both:
        for box in reversed(both):
            real_time.give(box.name)  # so that a machine with much other work delays no advert
            push(box, vrrp=OF_BEFORE)
        yield both


def watch(machines: list[Box]) -> VipWatch:
    """Who holds the VIP, from now on."""
    first, second = (HostHandle(box.name) for box in machines)
    return VipWatch(PairUnderTest((first, second), VIP))


def ordered(machines: list[Box]) -> tuple[Box, Box]:
    """Who holds the VIP, and its standby, which is ready to take it."""
    eventually(lambda: [box.holds() for box in machines].count(True) == 1, within=WELL)
    holder, standby = sorted(machines, key=lambda box: not box.holds())
    eventually(lambda: standby.status()["vrrp"]["state"] == "BACKUP", within=WELL)
    return holder, standby


def test_a_push_of_other_priorities_moves_no_vip(machines: list[Box]) -> None:
    """
    Priorities change on a live pair, host after host, down and up, while the first host has the VIP and while the
    second has it: it stays where it is, and on that host alone.
    """
    first, second = machines
    for number, vrrp in enumerate((Vrrp3(), OF_BEFORE, Vrrp3())):
        holder, _ = ordered(machines)
        if number == 1:
            status, words = holder.agent("handover")
            assert status == 0, words
            holder, _ = ordered(machines)
        with watch(machines) as seen:
            for box in (second, first):
                push(box, vrrp=vrrp)
        assert [(holder.name,)] == [move.holders for move in seen.moves]


def test_a_holder_that_is_slow_to_let_go(machines: list[Box]) -> None:
    """
    The holder needs 20 ms from its last advert until it lets go of the VIP: its peer waits for longer.
    """
    for box in reversed(machines):
        push(box)
    for _ in range(MOVES):
        holder, standby = ordered(machines)
        with watch(machines) as seen, slowed(holder):
            holder.run(f"echo 1 > {MAINTENANCE}")
            eventually(standby.holds, within=WELL)
        holder.run(f"echo 0 > {MAINTENANCE}")
        assert () == seen.overlaps
        assert (standby.name,) == seen.moves[-1].holders


def test_adverts_that_would_go_another_way() -> None:
    """
    The holder's adverts go by multicast, as those of a VIP on a named interface did: a standby that would not hear them
    any more is left as it is, and the VIP stays on one host.
    """
    with boxes(2) as machines:
        for box in reversed(machines):
            real_time.give(box.name)
            push(box, replace=(unicast(box), ""))
        holder, standby = ordered(machines)
        with watch(machines) as seen:
            status, words = standby.agent("apply", stdin=bundle(standby))

    assert status == REJECTED, words
    assert f"{VIP}: adverts would change, and be on two hosts until both know; take the VIP out" in words
    assert [(holder.name,)] == [move.holders for move in seen.moves]


def unicast(box: Box) -> str:
    """What this release has in a bundle beyond one that sends its adverts by multicast."""
    lines = [f"unicast_src_ip {box.address}", "unicast_peer {", f"    {box.peer}", "}", "unicast_fault_no_peer"]
    text = "".join(f"    {line}\\n" for line in [*lines, "track_src_ip"])
    assert text in bundle(box)
    return text


def slowed(box: Box) -> Background[object]:
    """Its keepalived, for as long as the `with` statement lasts."""
    found = docker("top", box.name, "-eo", "pid,ppid,comm").stdout.split("\n")[1:]
    processes = {pid: parent for pid, parent, name in (line.split() for line in found if line) if name == "keepalived"}
    (child,) = (pid for pid, parent in processes.items() if parent in processes)
    command = [
        "docker",
        "run",
        "--rm",
        "--interactive",
        "--cap-add",
        "SYS_PTRACE",
        "--pid",
        "host",
        "--network",
        "none",
    ]
    return Background([*command, image(), "python3", "-c", SLOW, child, str(RELEASE)], lambda _: None)
