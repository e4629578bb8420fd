"""nginx's counters, for a monitoring system."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from hacomponents.errors import Problem
from hacomponents.topology import fields
from hacomponents.topology.tier import Listener, Reach

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


@dataclass(frozen=True)
class Status:
    """nginx's `stub_status`, at http://HOST:PORT/status of each host.

    Args:
        allow: who may ask: addresses and subnets, such as 10.10.0.0/24.
        port: on the host's own address. Default: 8081.
    """

    allow: Sequence[str]
    port: int = 8081

    def listener(self, path: str) -> Listener:
        """Its port, which nobody but `allow` may come to."""
        return Listener(path, self.port, Reach.NOBODY, tuple(self.allow))

    def check(self, path: str) -> Iterator[Problem]:
        """Rules of the page."""
        yield from fields.integer(f"{path}.port", self.port, 1, 65535)
        if not isinstance(self.allow, tuple | list) or not self.allow:
            yield Problem(f"{path}.allow", "must be a list of subnets", 'write ["10.10.0.0/24"]', self.allow)
        else:
            yield from fields.subnets(f"{path}.allow", self.allow)
