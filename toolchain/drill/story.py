"""One failure of one pair: struck, watched, undone."""

from __future__ import annotations

import signal
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from hacomponents.testing import DockerError, HostHandle, Move, Pair, VipWatch
from toolchain.drill.display import Display, Standing
from toolchain.drill.result import EVERY, Result

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from hacomponents.testing import Client, GapReport, LoadReport
    from hacomponents.testing.background import Background
    from toolchain.drill.events import Event
    from toolchain.drill.failures import Failure, Target
    from toolchain.stack.verdict import Host

LEAD = 1.0
"""Seconds of good times to see before the failure, after the takeover and at the end."""
TAKEOVER = 15.0
"""Seconds for the peer to take over."""
TIMEOUT = 0.9
"""Seconds for a new request: below the second after which TCP tries a connection again, by itself and unseen."""


@dataclass(frozen=True)
class Stage:
    """Where stories are played.

    Args:
        stack: its name.
        url: of the site.
        client: who asks.
        well: waits until the stack is well; raises `Failed` where it does not become so.
    """

    stack: str
    url: str
    client: Client
    well: Callable[[], object]


@dataclass(frozen=True)
class Cast:
    """A pair as it stands before a story.

    Args:
        vip: the address that adverts carry.
        holder: the host that has it.
        peer: the other one.
    """

    vip: str
    holder: Host
    peer: Host

    @property
    def name(self) -> str:
        """Of the pair, from its hosts' names."""
        return self.holder.name.rpartition("-")[0]

    @property
    def pair(self) -> Pair:
        """Both."""
        return Pair((HostHandle(self.holder.container), HostHandle(self.peer.container)), self.vip)


def play(stage: Stage, cast: Cast, event: Event) -> Result:
    """Strike the holder, watch its peer take over, undo it, and watch the stack become well. Raises `Failed`."""
    target = event.target(cast.holder)
    with (
        VipWatch(cast.pair) as watch,
        stage.client.gap(stage.url, every=EVERY, timeout=TIMEOUT) as gap,
        stage.client.load(stage.url, connections=2, think_time=0.2, timeout=5) as load,
    ):
        look = partial(_standing, stage, watch, gap, load)
        display = Display(f"{cast.name}, {cast.holder.name}: {event.told}", look)
        display.rest(LEAD)
        struck = display.strike()
        with _undone(event.failure, target):
            event.failure.strike(target)
            display.follow(lambda now: cast.peer.name in now.holders and now.silence < TIMEOUT, TAKEOVER)
            display.rest(LEAD)
        _await_well(stage, display)
    result = _result(stage, cast, event, (watch, gap.report, load.report), struck)
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
def _undone(failure: Failure, target: Target) -> Iterator[None]:
    """Whatever happens, what was struck is undone; whether that was enough, `Stage.well` sees."""
    try:
        yield
    finally:
        with uninterrupted(), suppress(DockerError):
            failure.undo(target)


def _await_well(stage: Stage, display: Display) -> None:
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(stage.well)
        display.follow(lambda _: waiting.done(), float("inf"))
    waiting.result()
    display.rest(LEAD)


def _standing(stage: Stage, watch: VipWatch, gap: Background[GapReport], load: Background[LoadReport]) -> Standing:
    counts = (int(load.now.get(key, 0)) for key in ("requests", "failed"))
    return Standing(_short(stage, watch.now), float(gap.now.get("silence", 0)), *counts)


def _result(
    stage: Stage, cast: Cast, event: Event, seen: tuple[VipWatch, GapReport, LoadReport], struck: float
) -> Result:
    watch, gap, load = seen
    failure = event.failure
    return Result(
        pair=cast.name,
        vip=cast.vip,
        what=event.told,
        before=cast.holder.name,
        peer=cast.peer.name,
        bound=failure.bound(event.target(cast.holder).advert_int),
        lossless=failure.lossless,
        blind=failure.blind,
        moves=tuple(Move(watch.began - struck + move.at, _short(stage, move.holders)) for move in watch.moves),
        gaps=tuple((gap.began - struck + at, length) for at, length in gap.gaps),
        requests=load.requests,
        errors=tuple(each.error for each in load.failures),
    )


def _short(stage: Stage, containers: Sequence[str]) -> tuple[str, ...]:
    """Names of hosts as the program has them."""
    return tuple(name.removeprefix(f"{stage.stack}-") for name in containers)
