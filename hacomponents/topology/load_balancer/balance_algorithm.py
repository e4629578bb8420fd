"""By what a server is chosen for a request (haproxy's `balance`)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from hacomponents.errors import Problem
from hacomponents.topology import fields

if TYPE_CHECKING:
    from collections.abc import Iterator

BALANCE = ("roundrobin", "static-rr", "leastconn", "first", "source", "random")
HASH_TYPES = ("consistent", "map-based")
HEADER = re.compile(r"[A-Za-z0-9-]{1,64}")


@dataclass(frozen=True)
class Uri:
    """The same address, the same server: for caches (`balance uri`).

    Args:
        depth: how many folders of the path count; 0 for all of it, up to the question mark. Default: 0.
    """

    depth: int = 0

    def check(self, path: str) -> Iterator[Problem]:
        """Rules of the depth."""
        yield from fields.integer(f"{path}.depth", self.depth, 0, 100)


@dataclass(frozen=True)
class Hdr:
    """The value of a request's header: the same value, the same server.

    Args:
        name: of the header, such as X-Real-IP.
    """

    name: str

    def check(self, path: str) -> Iterator[Problem]:
        """Rules of the name."""
        yield from fields.text(f"{path}.name", self.name, HEADER, "a header's name such as X-Real-IP")


Balance: TypeAlias = str | Uri | Hdr


def is_by_hash(balance: Balance) -> bool:
    """Whether the server follows from something in the request, so that `hash-type` means something."""
    return balance == "source" or isinstance(balance, Uri | Hdr)


def check_balance(path: str, balance: object) -> Iterator[Problem]:
    """One of haproxy's words, or a class for those that have arguments."""
    if isinstance(balance, Uri | Hdr):
        yield from balance.check(path)
    elif balance not in BALANCE:
        rule = f"must be one of {', '.join(BALANCE)}, or Uri() or Hdr(name)"
        yield Problem(path, rule, "choose one of them", balance)
