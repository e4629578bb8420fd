"""The pages of the architectures, and the lists of them: what of these follows from the code."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from clone import architecture
from clone.marks import replaced
from hacomponents.operations.diagram.drawings import drawings
from toolchain.clone import ROOT

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from hacomponents.topology.site import Site

README, INDEX = ROOT / "README.md", ROOT / "docs" / "README.md"
FOLDER = ROOT / "docs" / "stacks"
COLUMNS = 4


def files(name: str, site: Site) -> dict[Path, str]:
    """The drawings and the page of an architecture as they should be.

    Args:
        name: of the architecture.
        site: that its program declares.
    """
    page = FOLDER / f"{name}.md"
    drawn = {FOLDER / f"{name}.{kind}": text for kind, text in drawings(name, site).items()}
    program = f"```python\n{architecture.program(name).read_text()}```\n"
    return {**drawn, page: replaced(page.read_text(), "program", program)} if page.exists() else drawn


def lists() -> dict[Path, str]:
    """The documents that list all architectures, as they should be."""
    names = architecture.names()
    entries = "".join(f"- [{name}](stacks/{name}.md): {architecture.summary(name)}\n" for name in names)
    return {
        README: replaced(README.read_text(), "architectures", _grid(names)),
        INDEX: replaced(INDEX.read_text(), "architectures", entries),
    }


def _grid(names: Sequence[str]) -> str:
    """Drawings with their words, in HTML, since a table of Markdown has a head."""
    rows = [names[start : start + COLUMNS] for start in range(0, len(names), COLUMNS)]
    cells = ("".join(["<tr>\n", *map(_cell, row), "</tr>\n"]) for row in rows)
    return f"<table>\n{''.join(cells)}</table>\n"


def _cell(name: str) -> str:
    page, drawing = (f"docs/stacks/{name}.{kind}" for kind in ("md", "svg"))
    picture = f'<a href="{page}"><img src="{drawing}" alt="Topology of {name}"></a>'
    words = f'<a href="{page}"><b>{name}</b></a><br>{escape(architecture.summary(name), quote=False)}'
    return f'<td width="{100 // COLUMNS}%" valign="top">{picture}<br>\n{words}</td>\n'
