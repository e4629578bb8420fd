"""`python -m bench.failover [RUNS] [STACK ...]`: what visitors see when something fails, for each architecture."""

from __future__ import annotations

import json
import sys
import tempfile
import time
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from bench import machine, records
from bench.gaps import recovers, shown
from clone import architecture
from hacomponents.hosts.reach import AGENT
from hacomponents.operations.commands import of_console
from hacomponents.operations.drill.case import cases, daemons_of
from hacomponents.operations.drill.promises import PROMISES
from hacomponents.operations.verdict import HostState, page, problems
from hacomponents.testing import Client, DockerError, HostHandle, eventually
from hacomponents.testing.docker import docker
from tests.integration.docker.architecture import brought_up
from tests.integration.docker.fresh import fresh_stack
from toolchain.progress import say

if TYPE_CHECKING:
    from bench.records import Record
    from hacomponents.operations.drill.case import Case

RUNS = 3
EVERY = 0.02
"""Seconds between two attempts of the client that measures gaps: each is a whole request to the application."""
SILENCE = 0.3
"""Seconds without a good attempt that a busy application makes, too."""
PATIENCE = 5.0
CLIENTS = 2
THINK_TIME = 0.05
LEAD = 0.5
"""Seconds of good times before the failure."""
WELL = 120.0
"""Seconds for a stack to be well again."""
FORGIVING = 3.0
"""Seconds after which a balancer has taken a server back: nginx tries one again after two."""
ALONE = ("crash",)
IN_A_GROUP = ("kill", "freeze", "crash")
IN_A_PAIR = ("kill", "freeze", "crash", "handover")
"""What is measured, by who stands in for a host."""


@dataclass(frozen=True)
class Deployed:
    """A stack that is up.

    Args:
        architecture: that it is of.
        name: of the stack.
        url: of a page that the application itself answers.
        client: on its network.
    """

    architecture: str
    name: str
    url: str
    client: Client

    def is_well(self) -> bool:
        """Every host is well, and so is the page."""
        try:
            wrong = problems(hosts(self.name), of_console(self.name))
        except (DockerError, ValueError) as error:  # a host that has just been given power
            raise AssertionError(str(error)) from error
        if wrong:
            raise AssertionError("; ".join(map(str, wrong)))
        return bool(self.client.succeeds(self.url, timeout=PATIENCE))

    def measure(self, runs: int) -> None:
        """Have everything happen to each group of hosts, so many times."""
        eventually(self.is_well, within=WELL)
        for role, group in groupby(hosts(self.name), key=lambda host: host.name.rpartition("-")[0]):
            names = [host.name for host in group]
            for case in measured(self.struck(names), len(names)):
                for number in range(runs):
                    seen = self.strike(role, names, case)
                    say(f"    {self.architecture:24} {role:5} {seen['event']:20} {number + 1}/{runs}  {shown(seen)}")

    def struck(self, names: list[str]) -> HostState:
        """Which of some hosts is struck: the one that holds the VIP, or the first."""
        found = [host for host in hosts(self.name) if host.name in names]
        return next((host for host in found if host.held), found[0])

    def strike(self, role: str, names: list[str], case: Case) -> Record:
        """Have something happen once, and record what is seen."""
        eventually(self.is_well, within=WELL)
        host = self.struck(names)
        if not host.vips:
            time.sleep(FORGIVING)
        at = case.target(host)
        load = self.client.load(
            self.url, connections=CLIENTS, keep_alive=False, think_time=THINK_TIME, timeout=PATIENCE
        )
        with load, self.client.gap(self.url, every=EVERY) as gap:
            time.sleep(LEAD)
            try:
                case.promise.fault.strike(at)
                recovered = recovers(gap, SILENCE)
            finally:
                case.promise.fault.undo(at)
        seen = {
            "architecture": self.architecture,
            "role": role,
            "event": case.description,
            "gap": round(gap.report.longest, 4),
            "recovered": recovered,
            "requests": load.report.requests,
            "failed": len(load.report.failures),
            "slowest": round(load.report.slowest, 4),
        }
        records.append("failover", seen)
        return seen


def hosts(stack: str) -> list[HostState]:
    """All hosts of a stack, as they say themselves."""
    names = docker("ps", "--all", "--filter", f"label=hacomponents.stack={stack}", "--format", "{{.Names}}").split()
    return [HostState(stack, name, answer=json.loads(HostHandle(name).exec(AGENT, "status"))) for name in sorted(names)]


def measured(host: HostState, count: int) -> list[Case]:
    """The cases to measure of a host of so many that stand in for each other."""
    wanted = IN_A_PAIR if host.vips else IN_A_GROUP if count > 1 else ALONE
    return cases([promise for promise in PROMISES if promise.name in wanted], daemons_of(host))


def measure(name: str, runs: int) -> None:
    """Bring an architecture up, measure it, and take it away."""
    with tempfile.TemporaryDirectory(prefix="hacomponents-bench-") as folder:
        stack = fresh_stack(name.replace("_", "-"), Path(folder) / "stack", architecture=name)
        say(f"==> failover: bringing {name} up")
        with brought_up(stack) as client:
            url = json.loads(stack.pulumi("stack", "output", "--json", "--stack", stack.name))["url"]
            Deployed(name, stack.name, page(url, hosts(stack.name)), client).measure(runs)


def main() -> None:
    """Measure each architecture that is named, or all."""
    runs = int(sys.argv[1]) if sys.argv[1:] else RUNS
    wanted = sys.argv[2:] or architecture.names()
    records.keep("failover", lambda record: record["architecture"] not in wanted)
    machine.record()
    for name in wanted:
        measure(name, runs)


if __name__ == "__main__":
    main()
