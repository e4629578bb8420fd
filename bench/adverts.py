"""`python -m bench.adverts [SECONDS]`: how far apart adverts are while all processors are busy, in real time or not.

Where the kernel has control groups with a budget of real time, the containers get one for the second half; where it has
none, they have real time from the start.
"""

from __future__ import annotations

import os
import statistics
import sys
import time
from itertools import pairwise
from typing import TYPE_CHECKING

from bench.web_pair import WebPair, busy
from hacomponents.testing import eventually
from hacomponents.topology.vip import Vrrp3
from tests.agent import real_time
from tests.integration.docker.fresh import free_cidr
from toolchain.progress import say

if TYPE_CHECKING:
    from bench.web_pair import Moves
    from hacomponents.testing import HostHandle

SECONDS = 30
CHILD = "/run/hacomponents/keepalived/vrrp.pid"
SCHED_RR = "2"
EACH = 4
"""Processes that never wait, on the machine and in each host."""
SPIN = "timeout {} sh -c 'while :; do :; done' &"


def measure(web: WebPair, moves: Moves, seconds: int) -> str:
    """Milliseconds between two adverts of the holder, as its peer gets them."""
    holder, standby = web.pair.holder, web.pair.standby
    with busy(EACH):
        for host in (holder, standby):
            host.exec("sh", "-c", EACH * SPIN.format(seconds))
        moves.clear()
        time.sleep(seconds)  # what is measured is what comes in meanwhile
    apart = sorted(1000 * (after - before) for before, after in pairwise(moves.times(standby, "advert")))
    return f"{len(apart)} adverts: median {statistics.median(apart):.1f} ms apart, farthest {apart[-1]:.1f} ms"


def give(*hosts: HostHandle) -> None:
    """Give them real time; their watchdogs hand it on when they start."""
    for host in hosts:
        real_time.give(host.name)
        host.exec("sv", "restart", "/etc/service/watchdog")
    eventually(lambda: all(map(has_real_time, hosts)))


def has_real_time(host: HostHandle) -> bool:
    """Whether its keepalived runs in it (proc(5), field 41 of `stat`)."""
    return host.exec("sh", "-c", f"cut -d ' ' -f 41 /proc/$(cat {CHILD})/stat") == SCHED_RR


def main() -> None:
    """Both, one after the other."""
    seconds = int(sys.argv[1]) if sys.argv[1:] else SECONDS
    web = WebPair(f"hacomponents-bench-adverts-{os.getpid()}", free_cidr())
    with web.up(Vrrp3()), web.watched() as moves:
        for given in (False, True):
            if given:
                give(*web.pair.hosts)
            say(f"real time: {has_real_time(web.pair.holder)}; {measure(web, moves, seconds)}")


if __name__ == "__main__":
    main()
