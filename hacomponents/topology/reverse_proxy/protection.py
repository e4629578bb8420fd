"""What a web site does against clients that ask too much, and what it tells browsers to guard against."""

from __future__ import annotations

import re
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from hacomponents.errors import Problem
from hacomponents.topology import fields

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

# As long as nginx's names of variables may be, of which each header has one.
HEADER_NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,37}")
# Letters, digits and marks that mean nothing inside of nginx's double quotes.
HEADER_VALUE = re.compile(r"[A-Za-z0-9!#%&'()*+,./:;<=>?^_`|~{}\[\] -]{1,1000}")
# Those that break no site; a Content-Security-Policy is the application's to write. OWASP's values.
SECURITY_HEADERS: Mapping[str, str] = MappingProxyType(
    {
        "Referrer-Policy": "strict-origin-when-cross-origin",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "SAMEORIGIN",
    }
)
# Ours to send: an upstream's framing and what TLS says of itself.
OWN_HEADERS = (
    *("connection", "content-encoding", "content-length", "date", "server", "strict-transport-security"),
    *("transfer-encoding", "upgrade", "vary"),
)


@dataclass(frozen=True)
class Limits:
    """What one client, by its address, may ask of a site; more gets a 429. Each host counts for itself.

    Args:
        requests_per_second: on average (nginx's `limit_req`); 0 for any. Default: 0.
        burst: requests beyond the average that are still served at once. Default: as many as a second has.
        connections: at a time (nginx's `limit_conn`), by HTTP/2 requests at a time; 0 for any. Default: 0.
    """

    requests_per_second: int = 0
    burst: int | None = None
    connections: int = 0

    @property
    def allowed_burst(self) -> int:
        """The burst that holds."""
        return self.requests_per_second if self.burst is None else self.burst

    def check(self, path: str) -> Iterator[Problem]:
        """Rules of the limits."""
        yield from fields.integer(f"{path}.requests_per_second", self.requests_per_second, 0, 100_000)
        yield from fields.integer(f"{path}.connections", self.connections, 0, 65535)
        if self.burst is not None:
            yield from fields.integer(f"{path}.burst", self.burst, 0, 100_000)
            if self.requests_per_second == 0:
                yield Problem(f"{path}.burst", "needs requests_per_second", "give both, or none", self.burst)
        if self.requests_per_second == 0 and self.connections == 0:
            yield Problem(path, "limits nothing", "give requests_per_second or connections, or no limits")


def added_headers(headers: Mapping[str, str | None]) -> dict[str, str]:
    """The security headers with those of a site, which may change them, or leave them out by None."""
    named = {name.lower(): (name, value) for name, value in [*SECURITY_HEADERS.items(), *headers.items()]}
    return {name: value for name, value in named.values() if value is not None}


def check_headers(path: str, headers: object) -> Iterator[Problem]:
    """Rules of headers that a site adds."""
    if not isinstance(headers, dict):
        yield Problem(path, "must be a dict of names to texts", 'write {"X-Frame-Options": "DENY"}', headers)
        return
    seen: set[str] = set()
    for name, value in headers.items():
        where = f"{path}[{name!r}]"
        yield from fields.text(where, name, HEADER_NAME, "named by letters, digits and hyphens, 38 at most")
        if value is not None:
            yield from fields.text(where, value, HEADER_VALUE, "one line without '\"', '\\\\', '$' or '@', or None")
        lower = str(name).lower()
        if lower in OWN_HEADERS:
            yield Problem(where, "is a header of nginx's own", "remove it")
        if lower in seen:
            yield Problem(where, "is named twice", "remove one")
        seen.add(lower)
