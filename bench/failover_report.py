"""What `bench.failover` measured, as a table for each architecture."""

from __future__ import annotations

from statistics import median
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bench.records import Record

HEAD = """\
| hosts | event | gap: median | worst | requests of patient clients | failed | slowest |
|---|---|---:|---:|---:|---:|---:|
"""


def table(records: Sequence[Record]) -> str:
    """All architectures, one after the other, in the order of their names."""
    names = sorted({record["architecture"] for record in records})
    return "\n".join(f"### {name}\n\n{table_of(name, records)}" for name in names)


def table_of(name: str, records: Sequence[Record]) -> str:
    """Median and worst gap of every event, and what clients saw who wait; empty where it was not measured."""
    runs = [record for record in records if record["architecture"] == name]
    found = dict.fromkeys((record["role"], record["event"]) for record in runs)
    rows = [
        _row(role, event, [run for run in runs if (run["role"], run["event"]) == (role, event)])
        for role, event in found
    ]
    return HEAD + "".join(rows) if rows else ""


def _row(role: str, event: str, runs: Sequence[Record]) -> str:
    gaps = [run["gap"] if run["recovered"] else float("inf") for run in runs]
    requests, failed = (sum(run[key] for run in runs) for key in ("requests", "failed"))
    slowest = 1000 * max(run["slowest"] for run in runs)
    figures = f"{_figure(median(gaps))} | {_figure(max(gaps))} | {requests:,} | {failed} | {slowest:,.0f} ms"
    return f"| {role} | {event} | {figures} |\n"


def _figure(gap: float) -> str:
    return "as long as it lasts" if gap == float("inf") else f"{1000 * gap:,.0f} ms" if gap else "none"
