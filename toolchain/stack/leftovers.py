"""What a killed run left: containers and networks that carry a stack's labels, but are not in its state."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from toolchain.progress import quick, say

if TYPE_CHECKING:
    from collections.abc import Collection

LISTINGS = {"container": ["--all", "--format", "{{.ID}} {{.Names}}"], "network": ["--format", "{{.ID}} {{.Name}}"]}
"""How each kind of object is listed. Containers come first: a network cannot go before they have."""
REMOVAL = {"container": ["--force", "--volumes"], "network": []}


@dataclass(frozen=True)
class Leftover:
    """An object of Docker.

    Args:
        kind: "container" or "network".
        id: of it, in full.
        name: of it.
    """

    kind: str
    id: str
    name: str


def find(project: str, stack: str, recorded: Collection[str]) -> list[Leftover]:
    """The objects with a stack's labels whose ids are not recorded, in the order in which they can be removed."""
    labels = (f"label=hacomponents.project={project}", f"label=hacomponents.stack={stack}")
    filters = [word for label in labels for word in ("--filter", label)]
    found = []
    for kind, options in LISTINGS.items():
        listing = _docker(kind, "ls", "--no-trunc", *options, *filters)
        found += [Leftover(kind, *line.split(" ", 1)) for line in listing.splitlines()]
    return [leftover for leftover in found if leftover.id not in recorded]


def remove(leftovers: Collection[Leftover]) -> None:
    """Remove them, after saying so."""
    for leftover in leftovers:
        say(f"==> removing {leftover.kind} {leftover.name}: it is this stack's, but not in its state")
        _docker(leftover.kind, "rm", *REMOVAL[leftover.kind], leftover.id)


def _docker(*arguments: str) -> str:
    return quick("Docker", ["docker", *arguments], remedy="see Docker's words above, then run this again")
