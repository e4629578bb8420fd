"""The servers behind a balancer: how many requests each gets, and how haproxy knows that it is well."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hacomponents.errors import Problem
from hacomponents.topology import fields

if TYPE_CHECKING:
    from collections.abc import Iterator

HEAVIEST = 256
STATUS = re.compile(r"[1-5][0-9]{2}(-[1-5][0-9]{2})?")
METHODS = ("GET", "HEAD", "OPTIONS")


@dataclass(frozen=True)
class DefaultServer:
    """Settings of every server behind the balancer (haproxy's `default-server`).

    Args:
        maxconn: requests in a server at a time, 1 to 65535; more wait in haproxy. Default: as many as an application
            server works on, 1 for a Thin process; no limit for another tier.
        weight: share of the requests, 1 to 256, against that of other servers; see `Backend.weights`. Default: 1.
        inter: seconds between checks. Default: 6.
        fastinter: seconds between checks of a server that is changing its state. Default: 1.
        downinter: seconds between checks of a server that is down. Default: 1.
        fall: failed checks until it is down. Default: 2.
        rise: good checks until it is up. Default: 1.
    """

    maxconn: int | None = None
    weight: int = 1
    inter: float = 6
    fastinter: float = 1
    downinter: float = 1
    fall: int = 2
    rise: int = 1

    def check(self, path: str) -> Iterator[Problem]:
        """Rules of the settings."""
        if self.maxconn is not None:
            yield from fields.integer(f"{path}.maxconn", self.maxconn, 1, 65535)
        yield from fields.integer(f"{path}.weight", self.weight, 1, HEAVIEST)
        for name in ("inter", "fastinter", "downinter"):
            yield from fields.seconds(f"{path}.{name}", getattr(self, name), 0.1, 3600)
        yield from fields.integer(f"{path}.fall", self.fall, 1, 100)
        yield from fields.integer(f"{path}.rise", self.rise, 1, 100)


@dataclass(frozen=True)
class HttpCheck:
    """A request that a server must answer, each `inter` (haproxy's `option httpchk`).

    A server that is busy with as many requests as it can take does not answer it, and is taken for down: not for
    servers with `maxconn` 1.

    Args:
        uri: Default: /.
        method: Default: GET.
        host: of the Host header. Default: localhost.
        status: expected; one, or the first and the last. Default: 200-399.
    """

    uri: str = "/"
    method: str = "GET"
    host: str = "localhost"
    status: str = "200-399"

    def check(self, path: str) -> Iterator[Problem]:
        """Rules of the request and its answer."""
        yield from fields.text(f"{path}.uri", self.uri, fields.URL_PATH, "a path such as /up")
        yield from fields.choice(f"{path}.method", self.method, METHODS)
        yield from fields.text(f"{path}.host", self.host, fields.HOST_NAME, "a host name such as www.example.com")
        wrong = list(fields.text(f"{path}.status", self.status, STATUS, "a status such as 200, or 200-399"))
        yield from wrong
        first, _, last = self.status.partition("-") if not wrong else ("", "", "")
        if last and first > last:
            yield Problem(f"{path}.status", "must begin with the lower status", "exchange them", self.status)
