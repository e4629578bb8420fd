"""Where everything of a picture stands: bands from top to bottom, as requests go."""

from __future__ import annotations

from itertools import groupby
from math import ceil
from typing import TYPE_CHECKING

from hacomponents.operations.diagram.shapes import Badge, Box, Curve, Drawing, Line, PlacedBand, Rect

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from hacomponents.operations.diagram.picture import Band, Link, Picture, Role

MARGIN = 16
GAP = 60
"""Between rows, for links and their ports."""
PADDING = 18
"""Between a band's edge and its boxes."""
BETWEEN = 26
"""Between boxes, and between bands of a row."""
TITLE, LINE, STEP = 36, 24, 10
"""Heights of the upper part of a box, of each of its lines, and of the arrow from one daemon to the next."""
BADGE, PORTS = 26, 20
"""Heights of badges: a VIP's is on the upper edge of its band, ports are told in front of it."""
DROP = 34
"""Between a VIP's badge and the boxes."""
LETTER, DIGIT = 7.8, 7.4
"""Widths of a letter, and of one in the type of addresses and ports."""
INDENT = 18
"""Of a band's name and kinds, left of its boxes."""


def layout(picture: Picture) -> Drawing:
    """Place everything of a picture."""
    rows = [list(row) for _, row in groupby(picture.bands, key=lambda band: band.depth)]
    aside = max(map(_aside, picture.bands))
    inner = max(sum(_width(band, aside) for band in row) + BETWEEN * (len(row) - 1) for row in rows)
    placed: dict[Band, PlacedBand] = {}
    top = MARGIN + BADGE + GAP
    for number, row in enumerate(rows):
        top += BADGE // 2 if any(band.vips for band in row) else 0
        placed.update(_row(row, number, Rect(MARGIN, top, inner, max(map(_height, row))), aside))
        top = max(placed[band].rect.bottom for band in row) + GAP
    entries = [placed[link.target].centre for link in picture.links if link.source is None]
    clients = _badge("Clients", sum(entries) // len(entries) if entries else MARGIN + inner // 2, MARGIN)
    links = list(_links(picture.links, placed, clients))
    return Drawing(
        title=picture.title,
        width=inner + 2 * MARGIN,
        height=top - GAP + MARGIN,
        clients=clients,
        bands=tuple(placed.values()),
        curves=(*(curve for curves, _ in links for curve in curves), *_takeovers(placed.values())),
        labels=tuple(label for _, label in links if label.text),
    )


def _row(row: Sequence[Band], number: int, space: Rect, aside: int) -> Iterator[tuple[Band, PlacedBand]]:
    """The bands of a row, which fill it."""
    natural = [_width(band, aside) for band in row]
    spare = (space.width - sum(natural) - BETWEEN * (len(row) - 1)) // len(row)
    x = space.x
    for band, width in zip(row, natural, strict=True):
        rect = Rect(x, space.y, width + spare, space.height)
        yield band, _placed(band, number, rect, aside)
        x = rect.right + BETWEEN


def _placed(band: Band, row: int, rect: Rect, aside: int) -> PlacedBand:
    width, taken = _box_width(band), _boxes_width(band)
    x = rect.x + aside + (rect.width - aside - PADDING - taken) // 2
    height = _box_height(band)
    y = rect.bottom - PADDING - height
    boxes = tuple(
        Box(host.name, host.address, Rect(x + (width + BETWEEN) * index, y, width, height), _lines(band.roles, y))
        for index, host in enumerate(band.hosts)
    )
    badge = _badge(_vip(band), x + taken // 2, rect.y - BADGE // 2) if band.vips else None
    return PlacedBand(band.name, band.kinds, band.alone, row, rect, boxes, badge)


def _lines(roles: Sequence[Role], top: int) -> tuple[Line, ...]:
    """A line for each daemon and for what else it answers."""
    lines: list[Line] = []
    y = top + TITLE + 16
    for number, role in enumerate(roles):
        y += STEP if number else 0
        lines.append(Line(role.daemon, role.ports, y, passed_on=number > 0))
        lines.extend(
            Line(name, port, y + LINE * index, minor=True) for index, (name, port) in enumerate(role.others, start=1)
        )
        y += LINE * (1 + len(role.others))
    return tuple(lines)


def _aside(band: Band) -> int:
    return INDENT + ceil(LETTER * max(map(len, (band.name, *band.kinds)))) + PADDING


def _width(band: Band, aside: int) -> int:
    return aside + max(_boxes_width(band), _badge(_vip(band), 0, 0).rect.width if band.vips else 0) + PADDING


def _boxes_width(band: Band) -> int:
    return (_box_width(band) + BETWEEN) * len(band.hosts) - BETWEEN


def _vip(band: Band) -> str:
    return f"VIP {' '.join(band.vips)}"


def _height(band: Band) -> int:
    return _box_height(band) + PADDING + (BADGE // 2 + DROP if band.vips else PADDING)


def _box_width(band: Band) -> int:
    pairs = [(host.name, host.address) for host in band.hosts]
    pairs += [(line.text, line.ports) for line in _lines(band.roles, 0)]
    return 40 + max(ceil(len(text) * LETTER + len(digits) * DIGIT) for text, digits in pairs)


def _box_height(band: Band) -> int:
    return _lines(band.roles, 0)[-1].y + 14


def _badge(text: str, middle: int, top: int) -> Badge:
    width = ceil(len(text) * LETTER) + 26
    return Badge(text, Rect(middle - width // 2, top, width, BADGE))


def _label(text: str, middle: int, centre: int) -> Badge:
    width = ceil(len(text) * DIGIT) + 20
    return Badge(text, Rect(middle - width // 2, centre - PORTS // 2, width, PORTS))


def _links(
    links: Sequence[Link], placed: Mapping[Band, PlacedBand], clients: Badge
) -> Iterator[tuple[list[Curve], Badge]]:
    """All to a band meet at a point in front of it, where its ports are told, and go on from there."""
    for band, target in placed.items():
        arriving = [link for link in links if link.target == band]
        x, y = target.centre, target.rect.y - GAP // 2 - (BADGE // 2 if target.badge else 0)
        curves = [curve for link in arriving for curve in _to(x, y, placed[link.source] if link.source else clients)]
        onward = [Curve((x, y), end, arrow=True) for end in _doors(target)] if arriving else []
        yield curves + onward, _label(" ".join(dict.fromkeys(link.ports for link in arriving)), x, y)


def _to(x: int, y: int, source: PlacedBand | Badge) -> Iterator[Curve]:
    """From each host of a band, or from the clients."""
    if isinstance(source, Badge):
        yield Curve((source.rect.middle, source.rect.bottom), (x, y))
    else:
        for number, box in enumerate(source.boxes):
            yield Curve((box.rect.middle, box.rect.bottom), (x, y), standby=bool(source.badge and number))


def _doors(band: PlacedBand) -> list[tuple[int, int]]:
    """Where requests arrive: the VIP, or each host."""
    if band.badge:
        return [(band.badge.rect.middle, band.badge.rect.y)]
    return [(box.rect.middle, box.rect.y) for box in band.boxes]


def _takeovers(bands: Iterable[PlacedBand]) -> Iterator[Curve]:
    """From each VIP to the hosts that can hold it."""
    for band in bands:
        if band.badge:
            start = (band.badge.rect.middle, band.badge.rect.bottom)
            for number, box in enumerate(band.boxes):
                yield Curve(start, (box.rect.middle, box.rect.y), standby=number > 0, arrow=True)
