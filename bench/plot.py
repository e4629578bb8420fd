"""How plots are drawn: SVG files that are the same for the same results."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import matplotlib as mpl
from matplotlib import pyplot as plt

if TYPE_CHECKING:
    from matplotlib.figure import Figure

FOLDER = Path(__file__).parent.parent / "docs" / "benchmarks"
OURS, FAST, ARTICLE, OTHER = "#0072b2", "#56b4e9", "#d55e00", "#777777"
"""Told apart by the colour-blind, too (Okabe and Ito)."""

mpl.use("svg")
mpl.rcParams.update(
    {"svg.hashsalt": "hacomponents", "font.size": 9, "axes.spines.top": False, "axes.spines.right": False}
)


def save(figure: Figure, name: str) -> None:
    """Write docs/benchmarks/NAME.svg, and close the figure."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    figure.savefig(FOLDER / f"{name}.svg", bbox_inches="tight", metadata={"Date": None})
    plt.close(figure)
