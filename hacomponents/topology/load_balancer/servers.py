"""The servers behind a balancer: how many requests each gets, and how haproxy knows that it is well."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from hacomponents.errors import Problem
from hacomponents.topology import fields
from hacomponents.topology.settings import Settings, between, one_of, seconds, shaped

if TYPE_CHECKING:
    from collections.abc import Iterator

HEAVIEST = 256
STATUS = re.compile(r"[1-5][0-9]{2}(-[1-5][0-9]{2})?")
METHODS = ("GET", "HEAD", "OPTIONS")


@dataclass(frozen=True)
class DefaultServer(Settings):
    """Settings of every server behind the balancer (haproxy's `default-server`)."""

    maxconn: Annotated[int | None, between(1, 65535)] = None
    """Requests in a server at a time; more wait in haproxy. Default: as many as an application server works on, 1 for a
    Thin process; no limit for another tier."""
    weight: Annotated[int, between(1, HEAVIEST)] = 1
    """Share of the requests, against that of other servers; see `Backend.weights`."""
    inter: Annotated[float, seconds(0.1, 3600)] = 6
    """Between checks."""
    fastinter: Annotated[float, seconds(0.1, 3600)] = 1
    """Between checks of a server that is changing its state."""
    downinter: Annotated[float, seconds(0.1, 3600)] = 1
    """Between checks of a server that is down."""
    fall: Annotated[int, between(1, 100)] = 2
    """Failed checks until it is down."""
    rise: Annotated[int, between(1, 100)] = 1
    """Good checks until it is up."""


@dataclass(frozen=True)
class HttpCheck(Settings):
    """A request that a server must answer, each `inter` (haproxy's `option httpchk`).

    A server that is busy with as many requests as it can take does not answer it, and is taken for down: not for
    servers with `maxconn` 1.
    """

    uri: Annotated[str, shaped(fields.URL_PATH, "a path such as /up")] = "/"
    """What is asked for."""
    method: Annotated[str, one_of(*METHODS)] = "GET"
    """Of the request."""
    host: Annotated[str, shaped(fields.HOST_NAME, "a host name such as www.example.com")] = "localhost"
    """Of the Host header."""
    status: Annotated[str, shaped(STATUS, "a status such as 200, or 200-399")] = "200-399"
    """Expected; one, or the first and the last."""

    def check(self, path: str) -> Iterator[Problem]:
        """Each field's rule, and the order of two statuses."""
        wrong = list(super().check(path))
        yield from wrong
        first, _, last = self.status.partition("-") if not wrong else ("", "", "")
        if last and first > last:
            yield Problem(f"{path}.status", "must begin with the lower status", "exchange them", self.status)
