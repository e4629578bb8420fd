"""How long haproxy waits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from hacomponents.topology import fields

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hacomponents.errors import Problem

DAY = 86400


@dataclass(frozen=True)
class Timeouts:
    """How long haproxy waits, in seconds.

    Args:
        connect: for a server to accept. Default: 5.
        client: for a silent client. Default: 50.
        server: for a silent server. Default: 50.
        queue: for a free server; then 503. Default: 30.
        http_request: for a whole request header, against slow attackers. Default: 10.
        http_keep_alive: for the next request on a connection. Default: 60.
        check_: for the answer to a check. Default: 2.
        hard_stop_after: that an old process may take to finish its requests after a reload. Default: 60.
    """

    connect: float = 5
    client: float = 50
    server: float = 50
    queue: float = 30
    http_request: float = 10
    http_keep_alive: float = 60
    check_: float = 2
    hard_stop_after: float = 60

    def check(self, path: str) -> Iterator[Problem]:
        """Rules of the times."""
        for name, value in vars(self).items():
            yield from fields.seconds(f"{path}.{name}", value, 0.001, DAY)
