"""What load on a chain costs in processor time."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from hacomponents.testing.docker import docker

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bench.chains import Chain
    from bench.load import LoadClient
    from bench.records import Record
    from hacomponents.testing import HostHandle

PROC = Path("/proc")
DAEMONS = ("nginx", "haproxy", "socklog", "svlogd", "thin")
"""What works for requests; keepalived and its checks do the same without any."""


@dataclass(frozen=True)
class Ticks:
    """What the machine's processors had done at a moment."""

    total: int
    idle: int

    @classmethod
    def now(cls) -> Ticks:
        """Of now (man 5 proc, /proc/stat: user, nice, system, idle, iowait, irq, softirq, steal)."""
        ticks = [int(word) for word in (PROC / "stat").read_text().split()[1:9]]
        return cls(sum(ticks), ticks[3] + ticks[4])

    def busy_since(self, before: Ticks) -> float:
        """Share that was used since then."""
        return 1 - (self.idle - before.idle) / max(1, self.total - before.total)


def ask(chain: Chain, client: LoadClient, seconds: int) -> Record:
    """Put load on a chain, once: what wrk saw, microseconds of processor time for a request, the machine's load."""
    before, ticks = _used(chain), Ticks.now()
    load = client.load(chain.url, seconds, spread=chain.spread)
    busy, after = Ticks.now().busy_since(ticks), _used(chain)
    used = {role: _between(before[role], after[role]) for role in before}
    cost = {role: round(nanoseconds / load["requests"] / 1000, 1) for role, nanoseconds in used.items()}
    return {**load, "cost": cost, "busy": round(busy, 3)}


def _used(chain: Chain) -> dict[str, dict[str, int]]:
    """Nanoseconds that each process of each role has had, with the kernel's work for it."""
    return {role: {each: _nanoseconds(each) for each in _processes(hosts)} for role, hosts in chain.hosts.items()}


def _between(before: dict[str, int], after: dict[str, int]) -> int:
    """What the processes used that were there to the end; those of an earlier release may leave meanwhile."""
    return sum(nanoseconds - before.get(process, 0) for process, nanoseconds in after.items())


def _processes(hosts: Sequence[HostHandle]) -> Iterator[str]:
    for host in hosts:
        for line in docker("top", host.name, "-eo", "pid,comm").splitlines():
            pid, program = line.split(maxsplit=1)
            if program in DAEMONS:
                yield pid


def _nanoseconds(process: str) -> int:
    """Of all threads (the kernel's Documentation/scheduler/sched-stats)."""
    return sum(int(file.read_text().split()[0]) for file in (PROC / process / "task").glob("*/schedstat"))
