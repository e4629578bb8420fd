"""How a virtual host chooses among the servers behind it, in nginx's own words."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from hacomponents.errors import Problem
from hacomponents.topology import fields

if TYPE_CHECKING:
    from collections.abc import Iterator

METHODS = ("round_robin", "least_conn", "ip_hash")
# Without a variable, every request would go to one server, and nginx would not say so.
KEY = re.compile(r"[A-Za-z0-9_.:/-]{0,64}(\$[a-z][a-z0-9_]{0,63}[A-Za-z0-9_.:/-]{0,64}){1,8}")
KEY_SHAPE = "text with variables of nginx, such as $host$request_uri"


@dataclass(frozen=True)
class Hash:
    """Requests with the same key go to the same server.

    Args:
        key: text with variables of nginx, such as $request_uri.
        consistent: a server more or less moves few keys to another one (ketama). Default: True.
    """

    key: str
    consistent: bool = True

    def check(self, path: str) -> Iterator[Problem]:
        """Rules of the key."""
        yield from fields.text(f"{path}.key", self.key, KEY, KEY_SHAPE)
        yield from fields.flag(f"{path}.consistent", self.consistent)


Balance: TypeAlias = str | Hash


def check_balance(path: str, balance: object) -> Iterator[Problem]:
    """A method that has a word, or a `Hash`."""
    if isinstance(balance, Hash):
        yield from balance.check(path)
    elif balance not in METHODS:
        rule = f"must be one of {', '.join(METHODS)}, or a Hash"
        yield Problem(path, rule, 'choose one of them, or write Hash("$request_uri")', balance)


def is_sticky(balance: Balance) -> bool:
    """Whether the request says which server it goes to, so that none can be a `backup`."""
    return isinstance(balance, Hash) or balance == "ip_hash"
