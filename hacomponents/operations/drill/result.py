"""What was seen of one case."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hacomponents.testing import Move

EVERY = 0.05
"""Seconds between two new requests, and so the error of a gap: a page of the whole site each, which must be no load."""


@dataclass(frozen=True)
class CaseResult:
    """A fault of the active host of a pair. All times are seconds since it was struck.

    Args:
        pair: name of the pair.
        vip: its address.
        what: happened to the host.
        before: name of the host that held the VIP.
        peer: name of the other one.
        bound: seconds in which no new request may come through.
        lossless: whether no request may fail.
        blind: whether both may hold the VIP meanwhile.
        moves: who held the VIP from when on; the first is from the beginning.
        gaps: start and length of every time in which no new request came through.
        requests: asked on connections that are kept alive.
        errors: what failed of them, in the client's words.
    """

    pair: str
    vip: str
    what: str
    before: str
    peer: str
    bound: float
    lossless: bool
    blind: bool
    moves: tuple[Move, ...]
    gaps: tuple[tuple[float, float], ...]
    requests: int
    errors: tuple[str, ...]

    @property
    def longest(self) -> float:
        """Seconds of the longest gap; 0 if there was none."""
        return max((length for _, length in self.gaps), default=0.0)

    @property
    def takeover(self) -> float | None:
        """When the peer held the VIP; None if it never did."""
        return next((move.at for move in self.moves if self.peer in move.holders), None)

    @property
    def broken(self) -> list[str]:
        """The promises that were not kept; none is as it should be."""
        found = []
        if self.takeover is None:
            found.append(f"{self.peer} did not take over")
        if self.longest > self.bound + EVERY:
            found.append(f"gap over {self.bound:g} s")
        if self.lossless and self.errors:
            found.append(f"{len(self.errors)} requests failed")
        if not self.blind and any(len(move.holders) > 1 for move in self.moves):
            found.append("two held the VIP")
        return found

    @property
    def verdict(self) -> str:
        """One phrase."""
        return "; ".join(self.broken) or "as promised"

    @property
    def most_frequent_errors(self) -> list[tuple[str, int]]:
        """Three of them, with their numbers."""
        return Counter(self.errors).most_common(3)
