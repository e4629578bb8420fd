"""What `bench.gaps` measured, as a table and a plot."""

from __future__ import annotations

from statistics import median
from typing import TYPE_CHECKING

from matplotlib import pyplot as plt

from bench import plot as drawing
from bench.faults import FAULTS
from bench.subjects import DAEMON

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from matplotlib.axes import Axes

    from bench.records import Record

CONFIGURATIONS = {
    "default": ("ours", drawing.OURS),
    "fast": ("ours, adverts every 0.1 s", drawing.FAST),
    "article": ("the article's", drawing.ARTICLE),
}
"""By their names in the results: what they are called, and their colours."""
PATIENT = """\
| four clients that wait 5 s, during | pair | site | requests | failed | slowest |
|---|---|---|---:|---:|---:|
"""
NONE, NEVER = 1.0, 20_000.0
"""Milliseconds at which the plot, whose scale is logarithmic, shows no gap and one without an end."""


def table(records: Sequence[Record]) -> str:
    """Median and worst gap of every event; then what clients saw who wait, where nothing need fail."""
    head = "".join(f" {label}: median | worst |" for label, _ in CONFIGURATIONS.values())
    rows = "".join(_row(fault, tier, records) for fault, tier in _events(records))
    gaps = f"| event | pair |{head}\n|---|---|{'---:|---:|' * len(CONFIGURATIONS)}\n{rows}"
    return f"{gaps}\n{PATIENT}{''.join(_patient_rows([each for each in records if 'failed' in each]))}"


def plot(records: Sequence[Record]) -> None:
    """Every run as a dot, medians as lines, to docs/benchmarks/gaps.svg."""
    events = _events(records)
    figure, axes = plt.subplots(figsize=(9, 0.5 * len(events) + 1))
    for row, (fault, tier) in enumerate(events):
        for lane, (configuration, (_, colour)) in enumerate(CONFIGURATIONS.items()):
            _draw(axes, row + 0.25 * (lane - 1), _gaps(records, configuration, fault, tier), colour)
    for label, colour in CONFIGURATIONS.values():
        axes.plot([], [], "o", color=colour, label=label)
    axes.set_xscale("log")
    axes.set_xticks([NONE, 10, 100, 1000, 10_000, NEVER], ["none", "10 ms", "100 ms", "1 s", "10 s", "never"])
    axes.minorticks_off()
    axes.set_yticks(range(len(events)), [f"{_name(fault, tier)}, {DAEMON[tier]} pair" for fault, tier in events])
    axes.invert_yaxis()
    axes.grid(axis="x", alpha=0.3)
    axes.set_xlabel("gap seen by new connections to the VIP")
    axes.legend(loc="lower center", bbox_to_anchor=(0.4, 1), ncols=len(CONFIGURATIONS), frameon=False)
    drawing.save(figure, "gaps")


def _events(records: Iterable[Record]) -> list[tuple[str, str]]:
    found = {(record["fault"], record["tier"]) for record in records}
    return [(fault, tier) for tier in DAEMON for fault in FAULTS if (fault, tier) in found]


def _key(record: Record) -> tuple[str, str, str]:
    return record["configuration"], record["fault"], record["tier"]


def _name(fault: str, tier: str) -> str:
    """As people say it: `nginx -9`."""
    return {"daemon killed": f"{DAEMON[tier]} -9", "daemon hung": f"{DAEMON[tier]} SIGSTOP"}.get(fault, fault)


def _gaps(records: Iterable[Record], configuration: str, fault: str, tier: str) -> list[float]:
    """Milliseconds; infinite where nobody came in again."""
    runs = [record for record in records if _key(record) == (configuration, fault, tier)]
    return [1000 * run["gap"] if run["recovered"] else float("inf") for run in runs]


def _row(fault: str, tier: str, records: Sequence[Record]) -> str:
    found = [_gaps(records, configuration, fault, tier) for configuration in CONFIGURATIONS]
    figures = [_figure(value) for gaps in found for value in ((median(gaps), max(gaps)) if gaps else (None, None))]
    return f"| {_name(fault, tier)} | {DAEMON[tier]} | {' | '.join(figures)} |\n"


def _patient_rows(records: Sequence[Record]) -> Iterator[str]:
    for fault, tier in _events(records):
        for configuration, (label, _) in CONFIGURATIONS.items():
            runs = [each for each in records if _key(each) == (configuration, fault, tier)]
            if runs:
                requests, failed = (sum(each[key] for each in runs) for key in ("requests", "failed"))
                slowest = 1000 * max(each["slowest"] for each in runs)
                yield f"| {fault} | {DAEMON[tier]} | {label} | {requests:,} | {failed} | {slowest:,.0f} ms |\n"


def _figure(gap: float | None) -> str:
    if gap is None:
        return ""
    return "never" if gap == float("inf") else f"{gap:,.0f} ms" if gap else "none"


def _draw(axes: Axes, height: float, gaps: Sequence[float], colour: str) -> None:
    if gaps:
        places = [min(max(gap, NONE), NEVER) for gap in gaps]
        axes.plot(places, [height] * len(places), "o", color=colour, markersize=3.5, alpha=0.45)
        axes.plot([median(places)] * 2, [height - 0.12, height + 0.12], color=colour, linewidth=2)
