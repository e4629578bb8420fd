"""What a client saw."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any


class NoAnswer(Exception):  # noqa: N818  # a fact that tests ask for, not always an error
    """A request that got no HTTP answer; the text has the client's own error."""


@dataclass(frozen=True)
class Response:
    """An HTTP answer.

    Attributes:
        status: such as 200.
        headers: name and value, in the order of the answer; a name may come twice.
        body: as text.
        seconds: from the connection's start to the body's end.
        certificate: that the server showed, in PEM; empty without TLS.
    """

    status: int
    headers: tuple[tuple[str, str], ...]
    body: str
    seconds: float
    certificate: str = ""

    def header(self, name: str) -> str:
        """All values of a header, separated by a comma and a space; empty where it is missing."""
        return ", ".join(value for key, value in self.headers if key.lower() == name.lower())

    def cookie(self, name: str) -> str:
        """The `Set-Cookie` line of a cookie, such as `SERVERID=app-1-3000; path=/`; empty where it is missing."""
        return next((v for k, v in self.headers if k.lower() == "set-cookie" and v.startswith(f"{name}=")), "")

    def json(self) -> Any:  # noqa: ANN401  # what JSON is
        """The body as JSON."""
        return json.loads(self.body)


@dataclass(frozen=True)
class Failure:
    """A request that failed.

    Attributes:
        at: seconds since the probe's start.
        error: exactly what the client saw, such as `HTTP 503: ...` or `ConnectionResetError: ...`.
        crossed: whether it crossed the close of its kept connection on its way, and got no byte of an answer. A client
            that knows that the server does the same only once may send it again; HTTP itself allows that for idempotent
            methods alone (RFC 9112, 9.3.1), which are no failure here.
    """

    at: float
    error: str
    crossed: bool = False


@dataclass(frozen=True)
class LoadReport:
    """What a load saw.

    Attributes:
        began: when, on the clock of `time.monotonic()` of the machine that runs the containers.
        requests: asked in all.
        failures: at most 1000 a connection.
        reopened: idle connections that the server closed, which HTTP allows (RFC 9112, 9.3.1); opened anew.
        resent: requests of idempotent methods that crossed such a close on their way, and were sent again.
        slowest: seconds that the slowest request took.
    """

    began: float
    requests: int
    failures: tuple[Failure, ...]
    reopened: int
    slowest: float
    resent: int = 0


@dataclass(frozen=True)
class GapReport:
    """What new connections saw.

    Attributes:
        began: when, on the clock of `time.monotonic()` of the machine that runs the containers.
        attempts: started in all.
        failures: at most 1000 attempts without a good answer.
        gaps: start and length, in seconds, of every time without one: from the last good attempt before it to the
            first good one after it.
    """

    began: float
    attempts: int
    failures: tuple[Failure, ...]
    gaps: tuple[tuple[float, float], ...]

    @property
    def longest(self) -> float:
        """Seconds; 0 if no attempt failed."""
        return max((length for _, length in self.gaps), default=0.0)
