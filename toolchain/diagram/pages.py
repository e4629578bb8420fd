"""The pages under docs/stacks/: what of them follows from the code."""

from __future__ import annotations

from typing import TYPE_CHECKING

from toolchain.clone import ROOT
from toolchain.diagram.drawings import drawings
from toolchain.marks import replaced
from toolchain.stack import architecture

if TYPE_CHECKING:
    from pathlib import Path

    from hacomponents.topology.site import Site

FOLDER = ROOT / "docs" / "stacks"


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
