"""What a request says of where it comes from, and in which words an application may believe it.

Whoever is in front of a site says all of it anew: `SET` by what it knows itself, `EMPTIED` not at all.
"""

from __future__ import annotations

from itertools import product

SET = ("X-Forwarded-For", "X-Forwarded-Proto", "X-Real-IP")
# RFC 7239's own, what Rack, Werkzeug, Gunicorn, Spring and Symfony read, and what PHP applications look for.
EMPTIED = (
    *("Forwarded", "Forwarded-For", "X-Forwarded", "X-Forwarded-By", "X-Forwarded-Host", "X-Forwarded-Port"),
    *("X-Forwarded-Prefix", "X-Forwarded-Protocol", "X-Forwarded-Scheme", "X-Forwarded-Server", "X-Forwarded-Ssl"),
    *("Client-IP", "X-Client-IP", "X-Cluster-Client-IP", "Front-End-Https", "X-Url-Scheme"),
)
# Of any header, in lower case, as haproxy has them. To an application, `_` is `-` (RFC 3875, 4.1.18).
PATTERN = f"^({'|'.join(name.lower() for name in (*SET, *EMPTIED))})$".replace("-", "[-_]")


def spellings(name: str) -> list[str]:
    """All names that are the same to an application, for a language that knows no patterns."""
    first, *words = name.split("-")
    return [
        first + "".join(mark + word for mark, word in zip(marks, words, strict=True))
        for marks in product("-_", repeat=len(words))
    ]
