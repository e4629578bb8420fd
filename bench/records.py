"""Results: JSON lines, one for each run of a benchmark."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

FOLDER = Path(__file__).with_name("results")
Record = dict[str, Any]


def clear(name: str) -> None:
    """Forget the results of a benchmark, before it runs again."""
    FOLDER.mkdir(exist_ok=True)
    _file(name).write_text("")


def keep(name: str, which: Callable[[Record], bool]) -> None:
    """Forget those results of a benchmark that will be measured anew, and keep the others."""
    kept = [record for record in read(name) if which(record)]
    clear(name)
    for record in kept:
        append(name, record)


def append(name: str, record: Record) -> None:
    """Add a run to the results of a benchmark."""
    with _file(name).open("a") as file:
        file.write(json.dumps(record) + "\n")


def read(name: str) -> list[Record]:
    """All runs of a benchmark; none where it has not run."""
    return [json.loads(line) for line in _file(name).read_text().splitlines()] if _file(name).exists() else []


def _file(name: str) -> Path:
    return FOLDER / f"{name}.jsonl"
