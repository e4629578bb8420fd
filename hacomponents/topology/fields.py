"""Checks of single fields: what can reach a configuration file is refused here, not escaped in a template.

Each check yields the problems it finds, so that a caller can collect all of them.
"""

from __future__ import annotations

import ipaddress
import re
from typing import TYPE_CHECKING

from hacomponents.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

NAME = re.compile(r"[a-z]([a-z0-9-]{0,28}[a-z0-9])?")
URL_PATH = re.compile(r"/[A-Za-z0-9._~/-]{0,255}")
# Without empty parts, `.` and `..`.
FILE_PATH = re.compile(r"(/(?!\.{1,2}(/|$))[A-Za-z0-9._@-]{1,255})+")
PACKAGE = re.compile(r"[a-z0-9][a-z0-9+.-]+")
TOKEN = re.compile(r"[A-Za-z0-9_.-]{1,64}")
INTERFACE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,14}")
LABEL = r"[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
# 253 characters at most (RFC 1035); a wildcard is a whole label, the first or the last.
SERVER_NAME = re.compile(rf"_|(?=.{{1,253}}$)((\*\.)?{LABEL}(\.{LABEL})*|{LABEL}(\.{LABEL})*\.\*)")
# One name, and no pattern of several.
HOST_NAME = re.compile(rf"(?=.{{1,253}}$){LABEL}(\.{LABEL})*")
PHRASE = re.compile(r"[A-Za-z0-9][A-Za-z0-9 _.,:()/-]{0,127}")
# Also the name of a file on the host.
ENVIRONMENT_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,127}")
# Letters, digits and marks that mean nothing in any of our daemons' languages.
PASSWORD = re.compile(r"[A-Za-z0-9!#%&*+,./:=?@^_~-]+")
# And a colon (RFC 6750, 2.1).
BEARER_TOKEN = re.compile(r"[A-Za-z0-9._~+/=:-]+")
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
# The agent's own marks (`@@secret:...@@`) are ours to write.
AGENT_TOKEN = "@@"  # noqa: S105  # not a password
# Stands for a secret in a text, see `named_secrets`.
PLACEHOLDER = re.compile(r"@@(?P<name>[A-Z][A-Z0-9_]{0,31})@@")
# How a text names a secret, for remedies.
MARKED = f"must hold {AGENT_TOKEN!r} only as @@NAME@@, the name of a secret in capital letters, digits and underscores"
NAMING = '@@TOKEN@@, and beside it secrets={"TOKEN": config.require_secret("token")}'


def integer(path: str, value: object, low: int, high: int) -> Iterator[Problem]:
    """Whole numbers within bounds; a bool is not one."""
    if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
        yield Problem(path, f"must be a whole number between {low} and {high}", "give one in that range", value)


def seconds(path: str, value: object, low: float, high: float) -> Iterator[Problem]:
    """Durations in seconds; fractions are fine."""
    if not isinstance(value, int | float) or isinstance(value, bool) or not low <= value <= high:
        yield Problem(
            path, f"must be a number of seconds between {low:g} and {high:g}", "give one in that range", value
        )


def text(path: str, value: object, pattern: re.Pattern[str], shape: str) -> Iterator[Problem]:
    """Strings of one shape, which `shape` describes in words."""
    if not isinstance(value, str) or pattern.fullmatch(value) is None:
        yield Problem(path, f"must be {shape}", "change it to that shape", value)


def choice(path: str, value: object, allowed: Sequence[str]) -> Iterator[Problem]:
    """One of a few words of the daemon's own."""
    if value not in allowed:
        yield Problem(path, "must be one of " + ", ".join(allowed), "choose one of them", value)


def flag(path: str, value: object) -> Iterator[Problem]:
    """True or False."""
    if not isinstance(value, bool):
        yield Problem(path, "must be True or False", "give one of them", value)


def ipv4(path: str, value: object) -> Iterator[Problem]:
    """A single IPv4 address."""
    if not is_ipv4(value):
        yield Problem(path, "must be an IPv4 address such as 10.10.0.10", "correct the address", value)


def ip(path: str, value: object) -> Iterator[Problem]:
    """A single address, IPv4 or IPv6."""
    if not is_ip(value):
        yield Problem(path, "must be an address such as 10.10.0.10 or fd00:10::10", "correct the address", value)


def is_ip(value: object) -> bool:
    """Whether the value is an address of either family in its usual form."""
    return is_ipv4(value) or is_ipv6(value)


def is_ipv6(value: object) -> bool:
    """Whether the value is an IPv6 address in its usual form (RFC 5952), without a zone."""
    try:
        return str(ipaddress.IPv6Address(value)) == value and "%" not in str(value)
    except ValueError:
        return False


def is_ipv4(value: object) -> bool:
    """Whether the value is an IPv4 address in its usual form."""
    try:
        return str(ipaddress.IPv4Address(value)) == value
    except ValueError:
        return False


def subnet(path: str, value: object) -> Iterator[Problem]:
    """An address or a subnet of either family, without host bits."""
    try:
        good = isinstance(value, str) and str(ipaddress.ip_network(value)) in (value, f"{value}/32", f"{value}/128")
    except ValueError:
        good = False
    if not good:
        yield Problem(path, "must be an address or a subnet such as 10.10.0.0/24", "correct it", value)


def subnets(path: str, values: object) -> Iterator[Problem]:
    """Several of them."""
    if not isinstance(values, tuple | list):
        yield Problem(path, "must be a list of addresses and subnets", 'write ["10.10.0.0/24"]', values)
        return
    for index, value in enumerate(values):
        yield from subnet(f"{path}[{index}]", value)


def nested(path: str, value: object, kind: type, arguments: str = "...", *, optional: bool) -> Iterator[Problem]:
    """Settings inside of settings: of the class that they must have, and right by its own rules.

    Args:
        path: of the field.
        value: of it.
        kind: a class with `check`.
        arguments: of the constructor, as the remedy shows them.
        optional: whether it may be None.
    """
    if isinstance(value, kind):
        yield from value.check(path)  # type: ignore[attr-defined]  # each of them has it
    elif value is not None or not optional:
        yield Problem(path, f"must be a {kind.__name__}", f"write {kind.__name__}({arguments})", value)


def texts(values: object) -> tuple[str, ...]:
    """The items as strings; empty where the value is not a list."""
    return tuple(map(str, values)) if isinstance(values, tuple | list) else ()


def extra_config(path: str, value: object, wrong: Callable[[str], str]) -> Iterator[Problem]:
    """The escape hatch: any lines of the daemon's language, which the daemon itself checks on the host.

    Args:
        path: of the field.
        value: of it.
        wrong: tells what is wrong with lines that do not stay in their place; see `languages`.
    """
    if not isinstance(value, str):
        yield Problem(path, "must be lines of text", f"give a string; for a secret in it write {NAMING}", value)
    elif CONTROL.search(value):
        yield Problem(path, "must not hold control characters but tab and newline", "remove them", value)
    elif has_agent_token(value):
        yield Problem(path, MARKED, "remove it", value)
    elif rule := wrong(value):
        yield Problem(path, rule, "write whole statements", value)


def has_agent_token(text: str) -> bool:
    """Whether a text holds a mark of the agent's, beside the names of secrets."""
    return AGENT_TOKEN in PLACEHOLDER.sub("x", text)


def mapping_of_text(path: str, value: object) -> Iterator[Problem]:
    """Environment variables: names of the shell's shape, values without control characters."""
    if not isinstance(value, dict):
        yield Problem(path, "must be a dict of names to texts", "give a dict", value)
        return
    for name, entry in value.items():
        where = f"{path}[{name!r}]"
        yield from text(where, name, ENVIRONMENT_NAME, "named by letters, digits and underscores")
        if not isinstance(entry, str):
            remedy = f"give a string; a secret goes into secret_env, one in a longer text is {NAMING}"
            yield Problem(where, "must be one line of text", remedy, entry)
        elif CONTROL.search(entry) or "\n" in entry:
            yield Problem(where, "must be one line of text", "remove control characters", entry)
        elif has_agent_token(entry):
            yield Problem(where, MARKED, "remove it", entry)
        elif entry.rstrip(" \t") != entry:
            yield Problem(where, "must not end with a space, which is lost on the host", "remove it", entry)
