"""A site as text files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hacomponents.operations.diagram.layout import layout
from hacomponents.operations.diagram.mermaid import mermaid
from hacomponents.operations.diagram.picture import picture
from hacomponents.operations.diagram.svg import svg

if TYPE_CHECKING:
    from hacomponents.topology.site import Site


def drawings(title: str, site: Site) -> dict[str, str]:
    """The drawings of a site, by the ending of their files.

    Args:
        title: of the drawing.
        site: without problems.
    """
    seen = picture(title, site)
    return {"svg": svg(layout(seen)), "mmd": mermaid(seen)}
