"""The report of a drill: Markdown, and a plot."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from hacomponents.operations.drill.plot import plot

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from hacomponents.operations.drill.result import CaseResult

HEADINGS = (
    "pair",
    "what happened",
    "peer had the VIP after",
    "longest gap",
    "promised",
    "requests",
    "failed",
    "verdict",
)


def write(folder: Path, stack: str, url: str, results: Sequence[CaseResult]) -> Path:
    """Write `report.md` and `plot.svg` into a folder. Returns the first one.

    Args:
        folder: made where it is missing.
        stack: that was drilled.
        url: that was asked.
        results: of all cases.
    """
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "plot.svg").write_text(plot(results))
    report = folder / "report.md"
    report.write_text("\n".join(_lines(stack, url, results)) + "\n")
    return report


def table(results: Sequence[CaseResult]) -> list[str]:
    """One line a case, in Markdown."""
    rows = [HEADINGS, tuple("---" for _ in HEADINGS), *map(_row, results)]
    return ["| " + " | ".join(row) + " |" for row in rows]


def _row(result: CaseResult) -> tuple[str, ...]:
    takeover = "never" if result.takeover is None else f"{result.takeover:.3f} s"
    promised = f"{result.bound:g} s" + (", none fails" if result.lossless else "")
    figures = (takeover, f"{result.longest:.3f} s", promised, str(result.requests), str(len(result.errors)))
    return (result.pair, result.what, *figures, result.verdict)


def _lines(stack: str, url: str, results: Sequence[CaseResult]) -> Iterator[str]:
    kept = sum(not result.broken for result in results)
    yield f"# Drill of {stack}, {time.strftime('%Y-%m-%d %H:%M', time.gmtime())} UTC"
    yield ""
    yield f"{kept} of {len(results)} as promised. Asked for {url}: a gap is a time in which no new request got an"
    yield "answer; requests are those on connections that are kept alive."
    yield ""
    yield from table(results)
    yield ""
    yield "![Who held the VIP, and when no new request came in](plot.svg)"
    for result in results:
        yield from _details(result)


def _details(result: CaseResult) -> Iterator[str]:
    yield f"\n## {result.pair} ({result.vip}): {result.what} on {result.before}\n"
    for move in result.moves:
        when = "before" if move.at < 0 else f"after {move.at:.3f} s"
        yield f"- {when}: VIP on {' and '.join(move.holders) or 'no host'}"
    for at, length in result.gaps:
        yield f"- after {at:.3f} s: no new request for {length:.3f} s"
    for error, number in result.most_frequent_errors:
        yield f"- {number} requests failed: `{error}`"
