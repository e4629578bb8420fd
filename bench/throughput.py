"""`python -m bench.throughput`: requests, waiting time and processor time of the article's chain, ours, and none."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bench import records
from bench.chains import NETWORK, Chain, chains
from bench.load import LoadClient, processor_seconds
from hacomponents.testing import HostHandle
from toolchain.progress import say

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bench.records import Record

APPLICATIONS = ("light", "rails")
ROUNDS = 7
SECONDS = 10
WARM_UP = 3
IDLE = 10
"""Seconds without load, to know what the hosts need for their own health checks."""


@dataclass(frozen=True)
class Ticks:
    """What the machine's processors had done at a moment."""

    total: int
    idle: int

    @classmethod
    def now(cls) -> Ticks:
        """Of now (man 5 proc, /proc/stat: user, nice, system, idle, iowait, irq, softirq, steal)."""
        ticks = [int(word) for word in Path("/proc/stat").read_text().split()[1:9]]
        return cls(sum(ticks), ticks[3] + ticks[4])

    def busy_since(self, before: Ticks) -> float:
        """Share that was used since then."""
        return 1 - (self.idle - before.idle) / max(1, self.total - before.total)


def main() -> None:
    """Measure in front of both applications, the chains in turn within each round."""
    records.clear("throughput")
    for application in APPLICATIONS:
        with chains(application) as ways, LoadClient(f"{NETWORK}-client", NETWORK) as client:
            for chain in ways.values():
                client.load(chain.url, WARM_UP, spread=chain.spread)
            idle = {name: _idle(chain) for name, chain in ways.items()}
            for number in range(1, ROUNDS + 1):
                for name, chain in ways.items():
                    record = {"application": application, "chain": name, "round": number}
                    record |= _ask(chain, client, idle[name])
                    records.append("throughput", record)
                    say("{application} {chain} {round}: {requests} requests, p99 {p99_ms} ms".format(**record))


def _ask(chain: Chain, client: LoadClient, idle: Mapping[str, float]) -> Record:
    """Put load on a chain, once: what wrk saw, microseconds of processor time for a request, the machine's load."""
    hosts = {**chain.hosts, "client": (HostHandle(client.name),)}
    before, ticks = _used(hosts), Ticks.now()
    load = client.load(chain.url, SECONDS, spread=chain.spread)
    busy, after = Ticks.now().busy_since(ticks), _used(hosts)
    used = {role: after[role] - before[role] - idle.get(role, 0) * load["seconds"] for role in hosts}
    cost = {role: round(seconds / load["requests"] * 1e6, 1) for role, seconds in used.items()}
    return {**load, "cost": cost, "idle": idle, "busy": round(busy, 3)}


def _idle(chain: Chain) -> dict[str, float]:
    """Processor seconds that the hosts need in a second without a request, by role."""
    before = _used(chain.hosts)
    time.sleep(IDLE)
    after = _used(chain.hosts)
    return {role: round((after[role] - before[role]) / IDLE, 4) for role in before}


def _used(hosts: Mapping[str, Sequence[HostHandle]]) -> dict[str, float]:
    return {role: processor_seconds(each) for role, each in hosts.items()}


if __name__ == "__main__":
    main()
