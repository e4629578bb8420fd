"""What a drawing is made of, in pixels."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Rect:
    """A rectangle, by its upper left corner."""

    x: int
    y: int
    width: int
    height: int

    @property
    def middle(self) -> int:
        """Its horizontal centre."""
        return self.x + self.width // 2

    @property
    def right(self) -> int:
        """Its right edge."""
        return self.x + self.width

    @property
    def bottom(self) -> int:
        """Its lower edge."""
        return self.y + self.height


@dataclass(frozen=True)
class Line:
    """One line of a box.

    Args:
        text: a daemon, or what else it answers.
        ports: where.
        y: of the text.
        minor: whether it is no daemon of its own.
        passed_on: whether it is asked by the line above it.
    """

    text: str
    ports: str
    y: int
    minor: bool = False
    passed_on: bool = False


@dataclass(frozen=True)
class Box:
    """A host."""

    name: str
    address: str
    rect: Rect
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Badge:
    """A few words on a rounded patch."""

    text: str
    rect: Rect


@dataclass(frozen=True)
class PlacedBand:
    """Hosts that are all alike.

    Args:
        name: of its tiers.
        kinds: of its tiers.
        alone: whether nothing stands in for one of them.
        row: from the top, which gives it its colour.
        rect: its edge.
        boxes: its hosts.
        badge: its VIP, if it has one.
    """

    name: str
    kinds: tuple[str, ...]
    alone: bool
    row: int
    rect: Rect
    boxes: tuple[Box, ...]
    badge: Badge | None

    @property
    def centre(self) -> int:
        """The middle of its boxes."""
        return (self.boxes[0].rect.x + self.boxes[-1].rect.right) // 2


@dataclass(frozen=True)
class Curve:
    """From one point down to another.

    Args:
        start: of it.
        end: of it.
        standby: whether it is used after a failover only.
        arrow: whether it ends in a tip.
    """

    start: tuple[int, int]
    end: tuple[int, int]
    standby: bool = False
    arrow: bool = False

    @property
    def path(self) -> str:
        """As SVG has it: it leaves and arrives upright."""
        (x, y), (to_x, to_y) = self.start, self.end
        half = (y + to_y) // 2
        return f"M{x} {y}V{to_y}" if x == to_x else f"M{x} {y}C{x} {half} {to_x} {half} {to_x} {to_y}"


@dataclass(frozen=True)
class Drawing:
    """Everything, placed.

    Args:
        title: of it.
        width: of the whole.
        height: of the whole.
        clients: where they are.
        bands: from top to bottom.
        curves: the links.
        labels: their ports.
    """

    title: str
    width: int
    height: int
    clients: Badge
    bands: tuple[PlacedBand, ...]
    curves: tuple[Curve, ...]
    labels: tuple[Badge, ...]
