"""One spelling for values that Docker takes in several."""

import re

MIB = 1024 * 1024
_SECONDS = {"h": 3600.0, "m": 60.0, "s": 1.0, "ms": 1e-3, "us": 1e-6, "µs": 1e-6, "ns": 1e-9}
_DURATION = re.compile(r"(?:\d+(?:\.\d+)?(?:h|ms|us|µs|ns|m|s))+|0")
_STEP = re.compile(r"(\d+(?:\.\d+)?)(h|ms|us|µs|ns|m|s)")


def nanoseconds(duration: str) -> int:
    """A duration in Go's form (`1m30s`) as Docker's API takes it."""
    return round(sum(float(number) * _SECONDS[unit] for number, unit in _STEP.findall(duration)) * 1e9)


def duration_problem(value: object) -> str | None:
    """What is wrong with a duration, or None."""
    return None if _DURATION.fullmatch(str(value)) else f"'{value}' is not a valid duration, as 10s or 1m30s"


def capability(name: str) -> str:
    """The name that Docker reports: `net_admin` is `CAP_NET_ADMIN`."""
    upper = name.upper()
    return upper if upper == "ALL" or upper.startswith("CAP_") else f"CAP_{upper}"


def platform(name: str) -> str:
    """The operating system, which is all that Docker reports of `linux/amd64`."""
    return name.partition("/")[0]
