"""A drawing as SVG, for light and dark pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jinja2 import Environment, PackageLoader, StrictUndefined

if TYPE_CHECKING:
    from hacomponents.operations.diagram.shapes import Drawing

TEMPLATES = Environment(
    loader=PackageLoader("hacomponents.operations.diagram", "."),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
)


def svg(drawing: Drawing) -> str:
    """The text of the file."""
    return TEMPLATES.get_template("drawing.svg.j2").render(drawing=drawing)
