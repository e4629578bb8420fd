"""`python -m bench.report`: the tables and plots of docs/benchmarks.md, made anew from the results."""

from __future__ import annotations

from pathlib import Path

from bench import changes_report, failover_report, gaps_report, machine, records, throughput_report, up_report
from clone.marks import replaced

DOCS = Path(__file__).parent.parent / "docs"
DOCUMENT = DOCS / "benchmarks.md"
REPORTS = {"gaps": gaps_report, "up": up_report, "throughput": throughput_report, "changes": changes_report}


def main() -> None:
    """Replace what stands between the marks of each benchmark that has results."""
    text = replaced(DOCUMENT.read_text(), "machine", machine.describe() + "\n")
    for name, report in REPORTS.items():
        found = records.read(name)
        if found:
            text = replaced(text, name, report.table(found))
            report.plot(found)
    failovers = records.read("failover")
    DOCUMENT.write_text(replaced(text, "failover", failover_report.table(failovers)) if failovers else text)
    for page in (DOCS / "stacks").glob("*.md"):
        if table := failover_report.table_of(page.stem, failovers):
            page.write_text(replaced(page.read_text(), "failover", table))


if __name__ == "__main__":
    main()
