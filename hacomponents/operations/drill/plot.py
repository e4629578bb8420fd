"""The plot of a drill, as SVG: for each fault who held the VIP, and when no new request came through."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from hacomponents.operations.drill.result import CaseResult

SVG = "http://www.w3.org/2000/svg"
LEFT, WIDTH, RIGHT = 250, 640, 20
ROW, TOP, BOTTOM = 46, 40, 30
LEAD = 1.0
"""Seconds that are shown before the fault."""
TAIL = 1.0
"""Seconds that are shown after the last change."""
LONGEST = 12.0
"""Seconds that are shown after the fault, at most."""
BEFORE, PEER, BOTH, GAP = "#4477aa", "#ccbb44", "#aa3377", "#ee6677"
"""Colours of the first holder, its peer, both, and of a gap; the colour-blind can tell them apart too."""


def plot(results: Sequence[CaseResult]) -> str:
    """The text of the SVG file."""
    end = min(max((_last(result) for result in results), default=0.0) + TAIL, LONGEST)
    height = TOP + ROW * len(results) + BOTTOM
    lines = [
        f'<svg xmlns="{SVG}" width="{LEFT + WIDTH + RIGHT}" height="{height}" font-family="sans-serif" font-size="12">',
        '<rect width="100%" height="100%" fill="white"/>',
        *_legend(),
        *(_text(_x(second, end), height - 10, f"{second} s", "middle") for second in range(int(end) + 1)),
    ]
    for index, result in enumerate(results):
        lines += _row(result, TOP + index * ROW, end)
    lines.append(f'<path d="M{_x(0, end):.1f} {TOP - 6}V{height - BOTTOM}" stroke="black" stroke-dasharray="3 3"/>')
    return "\n".join([*lines, "</svg>"]) + "\n"


def _last(result: CaseResult) -> float:
    """When the fault was over: the peer answers."""
    gaps = [at + length for at, length in result.gaps if at < LONGEST]
    return max([result.takeover or 0.0, *gaps])


def _x(seconds: float, end: float) -> float:
    return LEFT + WIDTH * (min(max(seconds, -LEAD), end) + LEAD) / (end + LEAD)


def _row(result: CaseResult, top: float, end: float) -> Iterator[str]:
    yield _text(8, top + 12, f"{result.pair}: {result.what}")
    yield _text(8, top + 28, f"gap {result.longest:.2f} s, failed {len(result.errors)}: {result.verdict}", fill="#555")
    ends = [*(move.at for move in result.moves[1:]), end]
    for move, until in zip(result.moves, ends, strict=True):
        if move.holders:
            both = len(move.holders) > 1
            yield _bar(move.at, until, end, top, BOTH if both else BEFORE if result.before in move.holders else PEER)
    for at, length in result.gaps:
        yield _bar(at, at + length, end, top + 18, GAP)


def _bar(start: float, until: float, end: float, top: float, colour: str) -> str:
    left, right = _x(start, end), _x(until, end)
    return f'<rect x="{left:.1f}" y="{top}" width="{max(right - left, 0):.1f}" height="14" fill="{colour}"/>'


def _legend() -> Iterator[str]:
    words = {
        BEFORE: "VIP on the host that fails",
        PEER: "VIP on its peer",
        BOTH: "on both",
        GAP: "no new request came in",
    }
    for index, (colour, word) in enumerate(words.items()):
        left = LEFT + index * 165
        yield f'<rect x="{left}" y="12" width="12" height="12" fill="{colour}"/>{_text(left + 17, 22, word)}'


def _text(x: float, y: float, words: str, anchor: str = "start", fill: str = "black") -> str:
    return f'<text x="{x:.1f}" y="{y}" text-anchor="{anchor}" fill="{fill}">{escape(words)}</text>'
