"""One case on one pair: struck, watched, undone."""

from __future__ import annotations

import signal
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from hacomponents.operations.drill.display import Display, Standing
from hacomponents.operations.drill.result import EVERY, CaseResult
from hacomponents.testing import DockerError, HostHandle, Move, PairUnderTest, VipWatch

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from hacomponents.operations.drill.case import Case
    from hacomponents.operations.verdict import HostState
    from hacomponents.testing import Client, GapReport, LoadReport
    from hacomponents.testing.background import Background
    from hacomponents.testing.faults import Fault, Target

LEAD = 1.0
"""Seconds of good times to see before the fault, after the takeover and at the end."""
TAKEOVER = 15.0
"""Seconds for the peer to take over."""
TIMEOUT = 0.9
"""Seconds for a new request: below the second after which TCP tries a connection again, by itself and unseen."""


@dataclass(frozen=True)
class DrilledSite:
    """The site whose hosts are struck.

    Args:
        stack: name of its stack.
        url: that is asked.
        client: that asks.
        await_well: waits until all of it is well; raises `OperationFailed` where it does not become so.
    """

    stack: str
    url: str
    client: Client
    await_well: Callable[[], object]


@dataclass(frozen=True)
class ActivePair:
    """A pair as it stands before a case.

    Args:
        vip: the address that adverts carry.
        holder: the host that has it.
        peer: the other one.
    """

    vip: str
    holder: HostState
    peer: HostState

    @property
    def name(self) -> str:
        """Of the pair, from its hosts' names."""
        return self.holder.name.rpartition("-")[0]

    @property
    def pair(self) -> PairUnderTest:
        """Both."""
        return PairUnderTest((HostHandle(self.holder.container), HostHandle(self.peer.container)), self.vip)


def exercise(site: DrilledSite, pair: ActivePair, case: Case) -> CaseResult:
    """Strike the holder, watch its peer take over, undo it, and wait until all is well. Raises `OperationFailed`."""
    target = case.target(pair.holder)
    with (
        VipWatch(pair.pair) as watch,
        site.client.gap(site.url, every=EVERY, timeout=TIMEOUT) as gap,
        site.client.load(site.url, connections=2, think_time=0.2, timeout=5) as load,
    ):
        look = partial(_standing, site, watch, gap, load)
        display = Display(f"{pair.name}, {pair.holder.name}: {case.description}", look)
        display.rest(LEAD)
        struck = display.strike()
        with _undone(case.promise.fault, target):
            case.promise.fault.strike(target)
            display.follow(lambda now: pair.peer.name in now.holders and now.silence < TIMEOUT, TAKEOVER)
            display.rest(LEAD)
        _await_well(site, display)
    result = _result(site, pair, case, (watch, gap.report, load.report), struck)
    display.end(
        f"gap {result.longest:.2f} s, {len(result.errors)} of {result.requests} requests failed: {result.verdict}"
    )
    return result


@contextmanager
def uninterrupted() -> Iterator[None]:
    """Ctrl-C waits: a half-healed stack is nobody's wish. The commands that run meanwhile do not heed it either."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


@contextmanager
def _undone(fault: Fault, target: Target) -> Iterator[None]:
    """Undo the fault at the end, whatever happens; whether that was enough, `DrilledSite.await_well` sees."""
    try:
        yield
    finally:
        with uninterrupted(), suppress(DockerError):
            fault.undo(target)


def _await_well(site: DrilledSite, display: Display) -> None:
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(site.await_well)
        display.follow(lambda _: waiting.done(), float("inf"))
    waiting.result()
    display.rest(LEAD)


def _standing(site: DrilledSite, watch: VipWatch, gap: Background[GapReport], load: Background[LoadReport]) -> Standing:
    counts = (int(load.now.get(key, 0)) for key in ("requests", "failed"))
    return Standing(_short(site, watch.now), float(gap.now.get("silence", 0)), *counts)


def _result(
    site: DrilledSite, pair: ActivePair, case: Case, seen: tuple[VipWatch, GapReport, LoadReport], struck: float
) -> CaseResult:
    watch, gap, load = seen
    return CaseResult(
        pair=pair.name,
        vip=pair.vip,
        what=case.description,
        before=pair.holder.name,
        peer=pair.peer.name,
        bound=case.bound(pair.holder),
        lossless=case.promise.lossless,
        blind=case.promise.blind,
        moves=tuple(Move(watch.began - struck + move.at, _short(site, move.holders)) for move in watch.moves),
        gaps=tuple((gap.began - struck + at, length) for at, length in gap.gaps),
        requests=load.requests,
        errors=tuple(each.error for each in load.failures),
    )


def _short(site: DrilledSite, containers: Sequence[str]) -> tuple[str, ...]:
    """Names of hosts as the program has them."""
    return tuple(name.removeprefix(f"{site.stack}-") for name in containers)
