"""How long haproxy waits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, TypeAlias

from hacomponents.topology.settings import Settings, seconds

DAY = 86400
Time: TypeAlias = Annotated[float, seconds(0.001, DAY)]


@dataclass(frozen=True)
class Timeouts(Settings):
    """How long haproxy waits."""

    connect: Time = 5
    """For a server to accept."""
    client: Time = 50
    """For a silent client."""
    server: Time = 50
    """For a silent server."""
    queue: Time = 30
    """For a free server; then 503."""
    http_request: Time = 10
    """For a whole request header, against slow attackers."""
    http_keep_alive: Time = 60
    """For the next request on a connection."""
    check_: Time = 2
    """For the answer to a check."""
    hard_stop_after: Time = 60
    """For an old process to finish its requests after a reload."""
