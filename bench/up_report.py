"""What `bench.up` measured, as a table and a plot."""

from __future__ import annotations

from statistics import median
from typing import TYPE_CHECKING

from matplotlib import pyplot as plt

from bench import plot as drawing

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from bench.records import Record

COMMANDS = {"from nothing": drawing.OTHER, "one line": drawing.FAST, "no change": drawing.OURS}
"""What was done before `pulumi up`, and its colour."""
GROWING = ("one line", "no change")


def table(records: Sequence[Record]) -> str:
    """Medians and worst of every command, by hosts."""
    head = "".join(f" {command} |" for command in COMMANDS)
    rows = "".join(_row(application, hosts, records) for application, hosts in _stacks(records))
    return f"| hosts | application |{head}\n|---:|---|{'---:|' * len(COMMANDS)}\n{rows}"


def plot(records: Sequence[Record]) -> None:
    """Every run as a dot, medians as lines, to docs/benchmarks/up.svg."""
    figure, axes = plt.subplots(figsize=(6, 3.5))
    growing = [record for record in records if record["application"] == "trivial"]
    sizes = [hosts for _, hosts in _stacks(growing)]
    for command in GROWING:
        runs = [(record["hosts"], record["seconds"]) for record in growing if record["command"] == command]
        axes.plot(*zip(*runs, strict=True), "o", color=COMMANDS[command], markersize=3.5, alpha=0.45)
        medians = [median(_seconds(growing, "trivial", hosts, command)) for hosts in sizes]
        axes.plot(sizes, medians, color=COMMANDS[command], label=command)
    axes.set_xticks(sizes)
    axes.set_ylim(bottom=0)
    axes.set_xlabel("hosts of the stack")
    axes.set_ylabel("seconds of `pulumi up`")
    axes.grid(alpha=0.3)
    axes.legend(frameon=False)
    drawing.save(figure, "up")


def _stacks(records: Iterable[Record]) -> list[tuple[str, int]]:
    return list(dict.fromkeys((record["application"], record["hosts"]) for record in records))


def _seconds(records: Iterable[Record], application: str, hosts: int, command: str) -> list[float]:
    wanted = (application, hosts, command)
    return [
        record["seconds"] for record in records if (record["application"], record["hosts"], record["command"]) == wanted
    ]


def _row(application: str, hosts: int, records: Sequence[Record]) -> str:
    found = [_seconds(records, application, hosts, command) for command in COMMANDS]
    figures = [f"{median(seconds):.1f} s ({len(seconds)})" if seconds else "" for seconds in found]
    return f"| {hosts} | {application} | {' | '.join(figures)} |\n"
