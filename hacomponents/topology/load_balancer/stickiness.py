"""What keeps a client on its server."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from hacomponents.errors import Problem
from hacomponents.topology import fields
from hacomponents.topology.load_balancer.balance_algorithm import Hdr

if TYPE_CHECKING:
    from collections.abc import Iterator

MODES = ("insert", "prefix")
FLAGS = ("HttpOnly", "Secure")
LONGEST_EXPIRY = 7 * 86400


@dataclass(frozen=True)
class Cookie:
    """Stickiness by a cookie: of haproxy's own, or the server's name before the value of the application's.

    Args:
        name: of the cookie. Default: SERVERID.
        mode: `insert` for a cookie that the application does not see (`insert indirect nocache`), `prefix` for one of
            the application's, which comes back as `app-1-80~VALUE` and reaches it without (`prefix nocache`).
            Default: insert.
        secure: an inserted cookie is sent over HTTPS only. Default: False, since the articles' sites speak HTTP.
    """

    name: str = "SERVERID"
    mode: str = "insert"
    secure: bool = False

    def check(self, path: str) -> Iterator[Problem]:
        """Rules of the cookie; its name from RFC 6265."""
        yield from fields.text(f"{path}.name", self.name, fields.TOKEN, "letters, digits and _ . -")
        yield from fields.choice(f"{path}.mode", self.mode, MODES)
        yield from fields.flag(f"{path}.secure", self.secure)
        if self.mode == "prefix" and self.secure is True:
            rule = "is for a cookie that haproxy makes, and this one is the application's"
            yield Problem(f"{path}.secure", rule, 'write cookie_flags=("Secure",) beside the cookie', self.secure)


@dataclass(frozen=True)
class Cook:
    """The application's own cookie, as it is (haproxy's `req.cook` and `res.cook`).

    Args:
        name: of the cookie, such as JSESSIONID.
    """

    name: str

    def check(self, path: str) -> Iterator[Problem]:
        """Rules of the name."""
        yield from fields.text(f"{path}.name", self.name, fields.TOKEN, "letters, digits and _ . -")


StickOn: TypeAlias = str | Hdr | Cook


@dataclass(frozen=True)
class StickTable:
    """Stickiness by a table in haproxy's memory, which the hosts of the tier share (haproxy's `stick-table`, `peers`).

    It survives reloads and failovers, and needs nothing of the client. A cookie, where there is one too, comes first.
    At a reload, the new process is taught the table within milliseconds, and a client that comes before that is new to
    it: by address or header it still goes to the same server (see `balance`), by `Cook` perhaps not. Where the
    application has a cookie, `Cookie(mode="prefix")` has no such gap.

    Args:
        on: what a client is known by: `src`, its address; or `Hdr(name)`, or `Cook(name)`. Behind a reverse proxy,
            `src` is the proxy: write `Hdr("X-Real-IP")`. Default: src.
        size: entries; the oldest make room. Default: 100,000, some 20 MB.
        expire: seconds without a request until an entry is forgotten. Default: 1800.
    """

    on: StickOn = "src"
    size: int = 100_000
    expire: float = 1800

    def check(self, path: str) -> Iterator[Problem]:
        """Rules of the table."""
        if isinstance(self.on, Hdr | Cook):
            yield from self.on.check(f"{path}.on")
        elif self.on != "src":
            yield Problem(f"{path}.on", 'must be "src", Hdr(name) or Cook(name)', "choose one of them", self.on)
        yield from fields.integer(f"{path}.size", self.size, 1, 10_000_000)
        yield from fields.seconds(f"{path}.expire", self.expire, 1, LONGEST_EXPIRY)


def check_flags(path: str, flags: object) -> Iterator[Problem]:
    """Attributes that cookies gain."""
    if not isinstance(flags, tuple | list):
        yield Problem(path, "must be a list of flags", 'write ("HttpOnly", "Secure")', flags)
        return
    for index, flag in enumerate(flags):
        yield from fields.choice(f"{path}[{index}]", flag, FLAGS)
    if len({str(flag) for flag in flags}) < len(flags):
        yield Problem(path, "names one flag twice", "remove one", flags)
