"""Who holds a VIP, at every moment."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hacomponents.testing.background import Background
from hacomponents.testing.docker import image

if TYPE_CHECKING:
    from types import TracebackType
    from typing import Self

    from hacomponents.testing.host import PairUnderTest

LONGEST = 3600
SAMPLER = Path(__file__).with_name("sampler.py").read_text()


@dataclass(frozen=True)
class Move:
    """From this moment on, these hosts held the VIP.

    Attributes:
        at: seconds since the watch began.
        holders: names of the hosts; none between a fault and a takeover.
    """

    at: float
    holders: tuple[str, ...]


@dataclass(frozen=True)
class Overlap:
    """A time in which more than one host held the VIP.

    Attributes:
        at: seconds since the watch began.
        seconds: how long.
        holders: names of the hosts.
    """

    at: float
    seconds: float
    holders: tuple[str, ...]


class VipWatch:
    """Samples the kernels of both hosts of a pair for its VIP, for the time of a `with` statement (an hour at most).

    The sampler stands beside the hosts and recognises each by its own address, so it sees them die, return and be
    replaced. Two samples are 10 ms apart; `resolution` tells how far apart they really were.

    Args:
        pair: whose VIP.
    """

    def __init__(self, pair: PairUnderTest) -> None:
        hosts = {host.name: host.address for host in pair.hosts}
        order = json.dumps({"hosts": hosts, "vip": pair.vip, "every": 0.01, "seconds": LONGEST})
        self._sampler: Background[dict[str, Any]] = Background(
            ["docker", "run", "--rm", "--interactive", "--pid", "host", "--network", "none",
             image(), "python3", "-c", SAMPLER, order],
            dict,
        )  # fmt: skip

    def __enter__(self) -> Self:
        """Start; returns after the first sample."""
        self._sampler.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop and read what was seen."""
        self._sampler.__exit__(kind, error, trace)

    @property
    def now(self) -> tuple[str, ...]:
        """The hosts that hold the VIP now, while the watch goes on."""
        return tuple(self._sampler.now.get("holders", ()))

    @property
    def began(self) -> float:
        """When, on the clock of `time.monotonic()` of the machine that runs the containers."""
        return float(self._sampler.report["began"])

    @property
    def resolution(self) -> float:
        """Seconds between the two samples that were farthest apart."""
        return float(self._sampler.report["resolution"])

    @property
    def moves(self) -> tuple[Move, ...]:
        """Every change of the holder; the first is the state at the start."""
        return tuple(Move(at, tuple(holders)) for at, holders in self._sampler.report["moves"])

    @property
    def overlaps(self) -> tuple[Overlap, ...]:
        """Every time in which more than one host held the VIP; there must be none outside a partition."""
        return tuple(
            Overlap(move.at, seconds, move.holders) for move, seconds in self._spans() if len(move.holders) > 1
        )

    @property
    def vacancy(self) -> float:
        """Seconds of the longest time in which nobody held the VIP."""
        return max((seconds for move, seconds in self._spans() if not move.holders), default=0.0)

    @property
    def settled(self) -> float:
        """Seconds from the watch's beginning until one host had the VIP that has it alone at the end; else infinite."""
        return self.moves[-1].at if len(self.moves[-1].holders) == 1 else math.inf

    def _spans(self) -> list[tuple[Move, float]]:
        """Every state, with the seconds that it lasted."""
        ends = [*(move.at for move in self.moves[1:]), float(self._sampler.report["seconds"])]
        return [(move, end - move.at) for move, end in zip(self.moves, ends, strict=True)]
