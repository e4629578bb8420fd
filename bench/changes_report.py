"""What `bench.changes` measured, as a table and a plot."""

from __future__ import annotations

from statistics import median
from typing import TYPE_CHECKING

from matplotlib import pyplot as plt

from bench.plot import OTHER, OURS, save
from bench.throughput_report import haproxy, nginx, p99, proxies, rate

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bench.records import Record

HEAD = """\
| change | requests/s | p99 | nginx | haproxy | both |
|---|---|---|---|---|---|
"""


def table(records: Sequence[Record]) -> str:
    """Medians of the rounds."""
    return HEAD + "".join(_row(change, found) for change, found in _by_change(records).items())


def plot(records: Sequence[Record]) -> None:
    """Processor time of nginx and, on top, of haproxy, by change."""
    changes = _by_change(records)
    lower, upper = ([median(map(part, found)) for found in changes.values()] for part in (nginx, haproxy))
    figure, axes = plt.subplots(figsize=(8, 3))
    axes.barh(list(changes), lower, color=OTHER, label="nginx")
    axes.barh(list(changes), upper, left=lower, color=OURS, label="haproxy and its syslog")
    axes.set_xlabel("processor time for a request, µs")
    axes.invert_yaxis()
    axes.legend()
    save(figure, "changes")


def _row(change: str, found: Sequence[Record]) -> str:
    times = (f"{median(map(part, found)):.0f} µs" for part in (nginx, haproxy, proxies))
    return f"| {change} | {median(map(rate, found)):,.0f} | {median(map(p99, found)):.1f} ms | {' | '.join(times)} |\n"


def _by_change(records: Sequence[Record]) -> dict[str, list[Record]]:
    return {
        change: [record for record in records if record["change"] == change]
        for change in dict.fromkeys(record["change"] for record in records)
    }
