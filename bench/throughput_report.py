"""What `bench.throughput` measured, as a table and a plot."""

from __future__ import annotations

from collections.abc import Callable
from statistics import median
from typing import TYPE_CHECKING

from matplotlib import pyplot as plt

from bench.plot import ARTICLE, OTHER, OURS, save

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from bench.records import Record

Figure = Callable[["Record"], float]
CHAINS = {"article": "the article's", "ours": "ours", "direct": "none"}
COLOURS = {"article": ARTICLE, "ours": OURS, "direct": OTHER}
HEAD = """\
| application | proxies | requests/s | p50 | p99 | nginx | haproxy | both | failed |
|---|---|---|---|---|---|---|---|---|
"""


def rate(record: Record) -> float:
    """Requests per second."""
    return float(record["requests"] / record["seconds"])


def p50(record: Record) -> float:
    """Milliseconds that half of the requests took."""
    return float(record["p50_ms"])


def p99(record: Record) -> float:
    """Milliseconds that one request in a hundred exceeded."""
    return float(record["p99_ms"])


def nginx(record: Record) -> float:
    """Microseconds of processor time for a request on nginx's hosts."""
    return float(record["cost"].get("nginx", 0))


def haproxy(record: Record) -> float:
    """Microseconds of processor time for a request on haproxy's hosts, with their syslog."""
    return float(record["cost"].get("haproxy", 0))


def proxies(record: Record) -> float:
    """Microseconds of processor time for a request in both tiers."""
    return nginx(record) + haproxy(record)


def table(records: Sequence[Record]) -> str:
    """Medians of the rounds, and under them the medians of each round's ratio of ours to the article's."""
    return HEAD + "".join(_rows(application, records) for application in _applications(records))


def _rows(application: str, records: Sequence[Record]) -> str:
    mine = [record for record in records if record["application"] == application]
    chains = {name: [record for record in mine if record["chain"] == name] for name in CHAINS}
    lines = [f"| {application} | {label} {_row(chains[name])}" for name, label in CHAINS.items()]
    ratios = (_ratio(figure, chains) for figure in (rate, p50, p99, nginx, haproxy, proxies))
    return "".join(lines) + f"| {application} | **ours / the article's** | {' | '.join(ratios)} | |\n"


def _row(records: Sequence[Record]) -> str:
    figures = [f"{_median(rate, records):,.0f}", *(f"{_median(figure, records):.1f} ms" for figure in (p50, p99))]
    figures += [f"{_median(figure, records):.0f} µs" for figure in (nginx, haproxy, proxies)]
    return f"| {' | '.join(figures)} | {sum(record['failed'] for record in records)} |\n"


def _ratio(figure: Figure, chains: dict[str, list[Record]]) -> str:
    pairs = zip(chains["ours"], chains["article"], strict=True)
    return f"**{median(figure(ours) / figure(article) for ours, article in pairs):.2f}**"


def _median(figure: Figure, records: Iterable[Record]) -> float:
    return median(map(figure, records))


def _applications(records: Sequence[Record]) -> list[str]:
    return list(dict.fromkeys(record["application"] for record in records))


PANELS = (("requests/s", rate), ("p99, ms", p99), ("processor time of the proxies for a request, µs", proxies))


def plot(records: Sequence[Record]) -> None:
    """Every round as a dot, the median as a bar."""
    applications = _applications(records)
    figure, rows = plt.subplots(len(applications), len(PANELS), figsize=(10, 2.6 * len(applications)), squeeze=False)
    for application, row in zip(applications, rows, strict=True):
        for axes, (title, measure) in zip(row, PANELS, strict=True):
            for place, chain in enumerate(CHAINS):
                values = [
                    measure(each) for each in records if (application, chain) == (each["application"], each["chain"])
                ]
                axes.bar(place, median(values), color=COLOURS[chain], alpha=0.5)
                axes.plot([place] * len(values), values, ".", color=COLOURS[chain])
            axes.set_xticks(range(len(CHAINS)), list(CHAINS.values()))
            axes.set_title(f"{application}: {title}")
    figure.tight_layout()
    save(figure, "throughput")
