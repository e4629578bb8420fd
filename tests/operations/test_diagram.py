"""Drawings of what stacks declare."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest
from hypothesis import HealthCheck, given, settings

from clone import pages
from hacomponents.operations.diagram.drawings import drawings
from hacomponents.operations.diagram.layout import layout
from hacomponents.operations.diagram.picture import picture
from tests.stacks import STACKS, declared
from tests.strategies import sites

if TYPE_CHECKING:
    from hacomponents.operations.diagram.shapes import Rect
    from hacomponents.topology.site import Site

SVG = "{http://www.w3.org/2000/svg}"


@pytest.mark.parametrize("stack", STACKS)
def test_docs_are_up_to_date(stack: str) -> None:
    """
    Each stack has a page with its program and its drawings, as they are now; after a change, `make docs` renews them.
    """
    site = declared(stack)
    wanted = pages.files(stack, site)

    page = pages.FOLDER / f"{stack}.md"
    assert [page] == [file for file in wanted if file.suffix == ".md"]
    assert "<!-- program -->" in wanted[page]
    assert f"]({stack}.svg)" in wanted[page]
    assert wanted == {file: file.read_text() for file in wanted if file.exists()}


def test_lists_are_up_to_date() -> None:
    """
    The README and the index of the documents list all architectures; `make docs` renews them.
    """
    wanted = pages.lists()

    assert wanted == {file: file.read_text() for file in wanted}


def test_who_asks_whom() -> None:
    """
    Clients ask the VIP in front, each band asks the one behind it, and links tell the ports that are asked.
    """
    site = declared("rails_ha")
    seen = picture("rails_ha", site)

    assert ["web", "lb", "app"] == [band.name for band in seen.bands]
    assert [(), ("10.10.0.20",), ("10.10.0.10",)] == [band.vips for band in reversed(seen.bands)]
    assert [(None, "web", ":80"), ("web", "lb", ":3100"), ("lb", "app", ":3000-3004")] == [
        (link.source and link.source.name, link.target.name, link.ports) for link in seen.links
    ]
    assert [("haproxy", (("stats", ":8080"),)), ("Thin \N{MULTIPLICATION SIGN} 5", ())] == [
        (role.daemon, role.others) for band in seen.bands[1:] for role in band.roles
    ]


def test_roles_that_share_hosts() -> None:
    """
    Roles on the same hosts are one box a host, the role in front first, and what they ask of each other is no link.
    """
    site = declared("rails_colocated")
    seen = picture("rails_colocated", site)

    assert ["web + lb", "app"] == [band.name for band in seen.bands]
    assert ["nginx", "haproxy"] == [role.daemon for role in seen.bands[0].roles]
    assert [(None, "web + lb"), ("web + lb", "app")] == [
        (link.source and link.source.name, link.target.name) for link in seen.links
    ]


def test_what_nothing_stands_in_for() -> None:
    """
    A band whose failure is the site's says so.
    """
    site = declared("rails_single_lb")

    assert ["lb"] == [band.name for band in picture("", site).bands if band.alone]
    assert all("no standby" in text for text in drawings("", site).values())


@settings(deadline=None, suppress_health_check=list(HealthCheck))
@given(sites())
def test_nothing_is_left_out_and_nothing_overlaps(site: Site) -> None:
    """
    In the drawings of any site every host and VIP is named, and no box, badge or label covers another.
    """
    drawn = drawings("site", site)
    placed = layout(picture("site", site))

    names = {text for tier in site.tiers for host in tier.hosts for text in (host.name, host.address)}
    texts = {text.text for text in ET.fromstring(drawn["svg"]).iter(f"{SVG}text")}  # noqa: S314  # our own
    assert names <= texts
    assert [] == [name for name in names if name not in drawn["mmd"]]
    badges = [band.badge for band in placed.bands if band.badge]
    patches = [placed.clients.rect, *(label.rect for label in placed.labels)]
    patches += [box.rect for band in placed.bands for box in band.boxes]
    patches += [badge.rect for badge in badges]
    for rects in ([band.rect for band in placed.bands], patches):
        assert [] == [pair for pair in combinations(rects, 2) if overlap(*pair)]
    assert [] == [
        box
        for band in placed.bands
        for box in band.boxes
        if not (band.rect.x < box.rect.x and box.rect.right < band.rect.right)
    ]
    assert drawn == drawings("site", site)


def overlap(one: Rect, other: Rect) -> bool:
    """Whether two rectangles have a point in common."""
    return one.x < other.right and other.x < one.right and one.y < other.bottom and other.y < one.bottom
