"""Words by which a request may say where it comes from, and lies in all of them."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

LIE = "203.0.113.7"
# What the tier in front of a site knows better, and says anew.
SAID_ANEW = {"X-Forwarded-For": LIE, "X-Real-IP": LIE, "X-Forwarded-Proto": "https"}
# Other ways to say the same, which no tier of ours uses.
SAID_BY_NOBODY = {
    "Forwarded": f"for={LIE};proto=https",
    "Forwarded-For": LIE,
    "X-Forwarded": LIE,
    "X-Forwarded-By": LIE,
    "X-Forwarded-Host": "evil.example",
    "X-Forwarded-Port": "444",
    "X-Forwarded-Prefix": "/evil",
    "X-Forwarded-Protocol": "ssl",
    "X-Forwarded-Scheme": "https",
    "X-Forwarded-Server": "evil.example",
    "X-Forwarded-Ssl": "on",
    "Client-IP": LIE,
    "X-Client-IP": LIE,
    "X-Cluster-Client-IP": LIE,
    "Front-End-Https": "on",
    "X-Url-Scheme": "https",
}
PLAIN = {**SAID_ANEW, **SAID_BY_NOBODY}
# Each also with `_` for `-`, which is the same to most applications.
LIES: Mapping[str, str] = {**PLAIN, **{name.replace("-", "_"): lie for name, lie in PLAIN.items() if "-" in name}}


def spellings(name: str) -> list[str]:
    """The names that are one and the same to an application, which is given them as variables (RFC 3875, 4.1.18)."""
    first, *others = name.split("-")
    return [
        first + "".join(mark + word for mark, word in zip(marks, others, strict=True))
        for marks in product("-_", repeat=len(others))
    ]


def telling(headers: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Of the headers or variables that reached an application, those that say where a request comes from.

    By the name that all spellings of a header have in common; what is said twice is joined.
    """
    words = {name.upper().replace("-", "_") for name in PLAIN}
    found: dict[str, str] = {}
    for header, value in headers:
        name = header.upper().replace("-", "_").removeprefix("HTTP_")
        if name in words:
            found[name] = f"{found[name]}, {value}" if name in found else value
    return found


def told(client: str, protocol: str = "http") -> dict[str, str]:
    """The same, of an application that is told of a client as it should be."""
    return {"X_FORWARDED_FOR": client, "X_REAL_IP": client, "X_FORWARDED_PROTO": protocol}
