"""What each field of a bundle may hold: small checks, each of which returns what is wrong, or nothing."""

import ipaddress
import re
import typing

Check = typing.Callable[[typing.Any], str]

NAME = re.compile(r"[a-z][a-z0-9-]{0,62}")
PLATFORM = re.compile(r"[a-z][a-z0-9]*-[0-9]+(\.[0-9]+)?")
SECRET = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,62}")
DIGEST = re.compile(r"[0-9a-f]{8,128}")
USER = re.compile(r"[a-z_][a-z0-9_-]{0,31}")
INTERFACE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,14}")
MODE = re.compile(r"0[0-7]{3}")
URL = re.compile(r"http://[A-Za-z0-9.:\[\]-]+/[!-~]*")
VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
CONTROL = re.compile(r"[\x00-\x1f\x7f]")
SIGNALS = ("TERM", "QUIT", "INT", "USR1", "USR2", "HUP")
LONGEST = 600  # seconds
LAST_PORT = 65535
RESERVED = ("/etc/hacomponents", "/run", "/proc", "/sys", "/dev")


def pattern(expression: typing.Pattern[str], what: str) -> Check:
    """Return the check that a value is a string which ``expression`` matches as a whole."""

    def check(value: object) -> str:
        good = isinstance(value, str) and expression.fullmatch(value)
        return "" if good else f"must be {what} (got {value!r})"

    return check


name = pattern(NAME, "lower-case letters, digits and hyphens, at most 63")
platform = pattern(PLATFORM, "ID-VERSION_ID of /etc/os-release such as debian-13")
secret_name = pattern(SECRET, "letters, digits, '_', '.' and '-', at most 63")
digest = pattern(DIGEST, "8 to 128 hexadecimal digits")
user = pattern(USER, "a user's name")
interface = pattern(INTERFACE, "the name of an interface")
mode = pattern(MODE, "four octal digits such as '0644'")
url = pattern(URL, "an http:// address with a path")


def urls(value: object) -> str:
    """Refuse what is not a mapping of files of the bundle to addresses."""
    if not isinstance(value, dict):
        return f"must be an object of paths (got {value!r})"
    messages = (path(place) or url(address) for place, address in sorted(value.items()))
    return next(filter(None, messages), "")


def path(value: object) -> str:
    """Refuse what is not an absolute, normal path outside of the agent's own places."""
    if not isinstance(value, str) or not value.startswith("/") or CONTROL.search(value):
        return f"must be an absolute path without control characters (got {value!r})"
    parts = value[1:].split("/")
    if any(part in ("", ".", "..") for part in parts):
        return f"must be a normal path, without empty, '.' or '..' parts (got {value!r})"
    return outside(value, RESERVED)


def outside(value: str, places: typing.Sequence[str]) -> str:
    """Refuse a path that is one of ``places``, or below one of them."""
    good = all(value != place and not value.startswith(place + "/") for place in places)
    return "" if good else f"lies where no file of a bundle may be (got {value!r})"


def prefix(value: object) -> str:
    """Refuse what is neither a path nor a path and a slash."""
    return path(value[:-1] if isinstance(value, str) and value.endswith("/") else value)


def socket_path(value: object) -> str:
    """Refuse a socket that is not below /run."""
    good = isinstance(value, str) and value.startswith("/run/") and not path("/srv" + value)
    return "" if good else f"must be a path below /run (got {value!r})"


def address(value: object) -> str:
    """Refuse what is not an IPv4 address."""
    try:
        ipaddress.IPv4Address(value)
    except ValueError:
        return f"must be an IPv4 address (got {value!r})"
    return "" if isinstance(value, str) else f"must be an IPv4 address (got {value!r})"


def vip(value: object) -> str:
    """Refuse what is not an address with a prefix length."""
    try:
        good = isinstance(value, str) and value.count("/") == 1 and bool(ipaddress.ip_interface(value))
    except ValueError:
        good = False
    return "" if good else f"must be an address with its prefix length, such as 10.0.0.10/24 (got {value!r})"


def subnets(value: object) -> str:
    """Refuse what is not a list of addresses and subnets; it may be empty."""
    good = isinstance(value, list) and all(isinstance(each, str) for each in value)
    try:
        for each in value if good else []:  # type: ignore[attr-defined]
            ipaddress.ip_network(each)
    except ValueError:
        good = False
    return "" if good else f"must be a list of addresses and subnets (got {value!r})"


def word(value: object) -> str:
    """Refuse what is not a string of one line."""
    good = isinstance(value, str) and value and not CONTROL.search(value)
    return "" if good else f"must be text of one line, not empty (got {value!r})"


def seconds(value: object) -> str:
    """Refuse what is not a number of seconds up to ten minutes."""
    good = isinstance(value, (int, float)) and not isinstance(value, bool) and 0 < value <= LONGEST
    return "" if good else f"must be a number of seconds, more than 0 and at most 600 (got {value!r})"


def port(value: object) -> str:
    """Refuse what is not a TCP port."""
    good = isinstance(value, int) and not isinstance(value, bool) and 0 < value <= LAST_PORT
    return "" if good else f"must be a port, 1 to {LAST_PORT} (got {value!r})"


def signal(value: object) -> str:
    """Refuse a signal that is not a way to stop a program."""
    return "" if value in SIGNALS else "must be one of {} (got {!r})".format(", ".join(SIGNALS), value)


def variables(value: object) -> str:
    """Refuse what is not a mapping of variables to one-line strings."""
    if not isinstance(value, dict):
        return f"must be an object of variables (got {value!r})"
    for variable, content in sorted(value.items()):
        if not VARIABLE.fullmatch(variable):
            return f"{variable!r} is no name of a variable"
        if not isinstance(content, str) or CONTROL.search(content):
            return f"{variable} must be text of one line (got {content!r})"
    return ""


def many(check: Check) -> Check:
    """Return the check that a value is a list, not empty, whose items all pass ``check``."""

    def check_all(value: object) -> str:
        if not isinstance(value, list) or not value:
            return f"must be a list, not empty (got {value!r})"
        return next((message for message in map(check, value) if message), "")

    return check_all


def change(value: object) -> str:
    """Refuse what says nothing of a VRRP instance that comes or goes."""
    return "" if value in ("", "joins", "leaves") else f"must join or leave (got {value!r})"


def instances(value: object) -> str:
    """Refuse what is not a mapping, not empty, of names to an interface and VIPs."""
    if not isinstance(value, dict) or not value:
        return f"must be an object of VRRP instances, not empty (got {value!r})"
    for instance, fields in sorted(value.items()):
        if not isinstance(fields, dict) or set(fields) - {"change"} != {"interface", "vips"}:
            return f"{instance} must have an interface and vips (got {fields!r})"
        message = interface(fields["interface"]) or many(vip)(fields["vips"]) or change(fields.get("change", ""))
        if message:
            return f"{instance} {message}"
    return ""
