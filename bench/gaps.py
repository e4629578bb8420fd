"""`python -m bench.gaps [RUNS]`: the gap of new connections to a VIP, for every fault, ours and the Rails article's."""

from __future__ import annotations

import os
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from bench import machine, records
from bench.article import ArticleSite
from bench.faults import FAULTS, Run
from bench.subjects import Article, Ours
from hacomponents.testing import Client, DockerError, eventually
from hacomponents.testing.docker import inspect
from tests.integration.docker.fresh import free_cidr, fresh_stack
from tests.integration.docker.site import Site
from toolchain.progress import say

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from bench.records import Record
    from bench.subjects import Subject
    from hacomponents.testing import GapReport
    from hacomponents.testing.background import Background

RUNS = 20
NEVER = 10.0
"""Seconds after which nobody comes in any more."""
SETTLING = 1.0
"""Seconds after which whoever was to be missed is missed."""
SILENCE = 0.1
"""Seconds without a good attempt that a busy machine makes, too."""
WELL = 60.0
"""Seconds for a site to be ready for the next fault."""
TIERS = ("web", "lb")
HOST_FAULTS = ("host killed", "host frozen")
DAEMON_FAULTS = ("daemon killed", "daemon hung")
PUSH = "configuration push"
PLANNED = ("planned handover", PUSH)
"""Where no request need fail: for these there are also clients who wait so many seconds for an answer."""
PATIENCE = 5.0
CLIENTS = 4
THINK_TIME = 0.02
FAST = {"Thin, Vip": "Thin, Vip, Vrrp3", **{f"address({at})": f"address({at}), vrrp=Vrrp3(0.1)" for at in (10, 20)}}
"""How the program gets adverts every 0.1 s."""


@dataclass(frozen=True)
class Question:
    """A request that the daemon with the VIP answers by itself.

    Args:
        method: of it.
        address: its URL, without the VIP.
        status: of the answer.
    """

    method: str
    address: str
    status: int

    def url(self, vip: str) -> str:
        """Its URL at a VIP."""
        return f"http://{vip}{self.address}"


QUESTIONS = {"web": Question("TRACE", "/", 405), "lb": Question("GET", ":8080/my_stats", 401)}


@dataclass(frozen=True)
class Harness:
    """A site and a client who asks the daemon that holds the VIP, and nobody behind it.

    Args:
        configuration: of the site, as in the results.
        subject: the site.
        client: on its network.
    """

    configuration: str
    subject: Subject
    client: Client

    def measure_all(self, tier: str, faults: Sequence[str], runs: int) -> None:
        """Have one fault after the other happen to a pair."""
        for fault in faults:
            self.measure(tier, fault, runs)

    def measure(self, tier: str, fault: str, runs: int) -> None:
        """Have a fault happen so many times, and record each gap."""
        for number in range(runs):
            eventually(partial(self._is_ready, tier), within=WELL)
            run = Run(self.subject, tier, self.subject.pair(tier).holder, number)
            seen = self._patient(run, fault) if fault in PLANNED else self._gap(run, fault)
            FAULTS[fault].undo(run)
            records.append("gaps", {"configuration": self.configuration, "tier": tier, "fault": fault, **seen})
            say(f"    {self.configuration:8} {tier:4} {fault:20} {number + 1:2}/{runs}  {shown(seen)}")

    def _is_ready(self, tier: str) -> bool:
        """The site can take the next fault."""
        try:
            return self.subject.check(tier)
        except DockerError as error:  # a host that has just been given power
            raise AssertionError(str(error)) from error

    def _gap(self, run: Run, fault: str) -> Record:
        """The longest gap in seconds, and whether somebody came in again."""
        question = QUESTIONS[run.tier]
        with self.client.gap(question.url(run.vip), method=question.method) as gap:
            FAULTS[fault].strike(run)
            recovered = recovers(gap)
        return {"gap": round(gap.report.longest, 4), "recovered": recovered}

    def _patient(self, run: Run, fault: str) -> Record:
        """The same, and what clients see who wait longer: requests that failed, seconds of the slowest."""
        question = QUESTIONS[run.tier]
        with self.client.load(
            question.url(run.vip), method=question.method, expected=(question.status,), timeout=PATIENCE,
            connections=CLIENTS, keep_alive=False, think_time=THINK_TIME,
        ) as load:  # fmt: skip
            seen = self._gap(run, fault)
        report = load.report
        waited = {"requests": report.requests, "failed": len(report.failures), "slowest": round(report.slowest, 4)}
        return {**seen, **waited}


def recovers(gap: Background[GapReport], silence: float = SILENCE) -> bool:
    """Wait until somebody comes in again, so that no more than this silence is between two good attempts."""
    time.sleep(SETTLING)
    deadline = time.monotonic() + NEVER - SETTLING
    while gap.now["silence"] > silence:
        if time.monotonic() > deadline:
            return False
        time.sleep(SILENCE)
    return True


def shown(seen: Record) -> str:
    """A run in a few words."""
    gap = f"{seen['gap']:.3f} s" if seen["recovered"] else "never"
    return f"{gap}; {seen['failed']} of {seen['requests']} failed" if "failed" in seen else gap


def measure_ours(site: Site, runs: int) -> None:
    """Every fault at the default adverts, then those of the host at 0.1 s."""
    measure(Harness("default", Ours(site), site.client), HOST_FAULTS + DAEMON_FAULTS + PLANNED, runs)
    site.stack.push(replace=FAST)
    measure(Harness("fast", Ours(site), site.client), HOST_FAULTS, runs)


def measure_article(name: str, images: Mapping[str, str], faults: Sequence[str], runs: int) -> None:
    """Some faults, on a site of its own: where nobody ever comes in again, it takes long to see."""
    with ArticleSite(name, free_cidr(), images) as site, Client(f"{name}-client", name) as client:
        measure(Harness("article", Article(site), client), faults, runs)


def measure(harness: Harness, faults: Sequence[str], runs: int) -> None:
    """Both pairs side by side; but one after the other what is done to the whole site."""
    together = [fault for fault in faults if fault != PUSH]
    side_by_side(*(partial(harness.measure_all, tier, together, runs) for tier in TIERS))
    for tier in TIERS:
        harness.measure_all(tier, [fault for fault in faults if fault == PUSH], runs)


def side_by_side(*lanes: Callable[[], None]) -> None:
    """Run all of them to their ends, then raise what the first has raised."""
    with ThreadPoolExecutor(len(lanes)) as pool:
        running = [pool.submit(lane) for lane in lanes]
    for lane in running:
        lane.result()


def main() -> None:
    """Measure all sites, side by side."""
    runs = int(sys.argv[1]) if sys.argv[1:] else RUNS
    records.clear("gaps")
    machine.record()
    with tempfile.TemporaryDirectory(prefix="hacomponents-bench-") as folder:
        stack = fresh_stack("gaps", Path(folder) / "stack")
        say("==> gaps: bringing the sites up")
        try:
            stack.up()
            images = {tier: inspect(f"{stack.name}-{tier}-1", "{{.Image}}") for tier in TIERS}
            article = f"hacomponents-test-article-{os.getpid()}"
            with Client(f"{stack.name}-client", f"{stack.name}-rails") as client:
                side_by_side(
                    partial(measure_ours, Site(stack, client), runs),
                    partial(measure_article, f"{article}-a", images, HOST_FAULTS + PLANNED, runs),
                    partial(measure_article, f"{article}-b", images, DAEMON_FAULTS, runs),
                )
        finally:
            stack.destroy()


if __name__ == "__main__":
    main()
