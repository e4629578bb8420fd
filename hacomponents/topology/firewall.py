"""The hosts' own firewall, as a program asks for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from hacomponents.topology import fields

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from hacomponents.errors import Problem

EVERYBODY = ("0.0.0.0/0", "::/0")


@dataclass(frozen=True)
class Firewall:
    """What the hosts of a network let in, beside what their tiers need from each other (see `openings`).

    Args:
        management: addresses and subnets that reach every port of every host: SSH, statistics, each server. Default:
            none.
        clients: addresses and subnets that reach the front: a tier that has others behind it (`to=`), and none in
            front of it. Default: everybody.
    """

    management: Sequence[str] = ()
    clients: Sequence[str] = EVERYBODY

    def check(self, path: str) -> Iterator[Problem]:
        """Rules of the firewall."""
        yield from fields.subnets(f"{path}.management", self.management)
        yield from fields.subnets(f"{path}.clients", self.clients)


DEFAULT = Firewall()
"""What the tiers need from each other, and the front for everybody."""
