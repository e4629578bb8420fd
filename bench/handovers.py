"""`python -m bench.handovers [RUNS [ADVERT_INT PRIORITY...]]`: moves of a VIP, timed on both hosts."""

from __future__ import annotations

import os
import statistics
import sys
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from bench import records
from bench.web_pair import READY, WebPair, busy
from hacomponents.agent.disk.tracks import FAULT, WELL
from hacomponents.hosts.reach import AGENT
from hacomponents.testing import eventually
from hacomponents.topology.vip import Vrrp3
from tests.integration.docker.fresh import free_cidr
from toolchain.progress import say

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bench.records import Record
    from bench.web_pair import Moves, Shell
    from hacomponents.testing import HostHandle

RUNS = 200
BUSY = 4


@dataclass(frozen=True)
class Kind:
    """A way in which a VIP leaves a host that lives on.

    Args:
        begin: a line of shell that makes the host give it up.
        end: one that makes the host fit to take it again. Default: nothing.
    """

    begin: str
    end: str = ":"


NGINX = "/run/hacomponents/track/nginx"
SERVICE = "/etc/service/keepalived"
KINDS = {
    "service fault": Kind(f"echo {FAULT} > {NGINX}", f"echo {WELL} > {NGINX}"),
    "daemon killed": Kind("kill -9 $(pgrep nginx) 2>/dev/null"),
    "keepalived stopped": Kind(f"sv down {SERVICE}", f"sv up {SERVICE}"),
    "keepalived killed": Kind("kill -9 $(cat /run/hacomponents/keepalived/parent.pid)"),
    "planned handover": Kind(f"{AGENT} handover"),
    "settle": Kind(f"{AGENT} settle"),
}


@dataclass
class Mover:
    """Has the VIP of a pair move.

    Args:
        web: the pair.
        moves: what happens to its VIP.
        shells: on both hosts.
        holder: who has the VIP.
    """

    web: WebPair
    moves: Moves
    shells: Mapping[str, Shell]
    holder: HostHandle

    def move(self, kind: str) -> Record:
        """Once: seconds from the holder's last word to its release, and from there to the takeover."""
        first, second = self.web.pair.hosts
        if kind == "settle" and self.holder == first:
            self.move("service fault")
        holder, standby = self.holder, second if self.holder == first else first
        self.moves.clear()
        self.shells[holder.name].run(KINDS[kind].begin)
        taken = self.moves.first(standby, "there")
        gone = self.moves.first(holder, "gone")
        last = self.moves.first(standby, "advert", priority=0)
        self.shells[holder.name].run(KINDS[kind].end)
        eventually(partial(self.web.is_standby, holder), within=READY, every=0.02)
        self.holder = standby
        return {"kind": kind, "release": round(gone - last, 5), "gap": round(taken - gone, 5)}


def summary(found: list[Record]) -> str:
    """All runs of a kind on a line."""
    release, gap = (sorted(each[key] * 1000 for each in found) for key in ("release", "gap"))
    return (
        f"{len(found)} handovers: release {statistics.median(release):.2f} ms, worst {release[-1]:.2f} ms; "
        f"gap {statistics.median(gap):.2f} ms, least {gap[0]:.2f} ms; two holders: {sum(each < 0 for each in gap)}"
    )


def main() -> None:
    """Every kind, for each priority of the first host."""
    runs = int(sys.argv[1]) if sys.argv[1:] else RUNS
    interval = float(sys.argv[2]) if sys.argv[2:] else Vrrp3().advert_int
    priorities = [int(word) for word in sys.argv[3:]] or [Vrrp3().priority[0]]
    kinds = os.environ.get("KINDS", ",".join(KINDS)).split(",")
    web = WebPair(f"hacomponents-bench-handovers-{os.getpid()}", free_cidr())
    with web.up(Vrrp3(interval, (priorities[0], priorities[0] - 1))), web.watched() as moves, web.shells() as shells:
        mover = Mover(web, moves, shells, web.pair.holder)
        for priority in priorities:
            web.push(Vrrp3(interval, (priority, priority - 1)))
            for kind in kinds:
                with busy(BUSY):
                    found = [{"advert_int": interval, "priority": priority, **mover.move(kind)} for _ in range(runs)]
                for record in found:
                    records.append("handovers", record)
                say(f"{interval:g} s {priority} {kind:18} {summary(found)}")


if __name__ == "__main__":
    main()
