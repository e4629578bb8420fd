"""What can happen to a host: each failure, and each daemon that it can befall."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from hacomponents.testing import HostHandle
from toolchain.drill.failures import Target
from toolchain.stack.verdict import LOOPBACK

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from toolchain.drill.failures import Failure
    from toolchain.stack.verdict import Host

OWN = {"keepalived", "watchdog", "agent-check", "nftables"}
"""Services that are no daemon of the site."""


@dataclass(frozen=True)
class Event:
    """A failure of a host.

    Args:
        failure: which.
        daemon: that it befalls, such as nginx; "" where it befalls the whole host.
    """

    failure: Failure
    daemon: str

    @property
    def told(self) -> str:
        """For a person."""
        return self.failure.told(self.daemon)

    def target(self, host: Host) -> Target:
        """What is struck on a host, as it is now."""
        answer = host.answer or {}
        pid = answer["services"][self.daemon]["pid"] if self.daemon else 0
        return Target(HostHandle(host.container), pid, (answer["vrrp"] or {}).get("advert_int", 0))


def possible(failures: Iterable[Failure], daemons: Sequence[str]) -> list[Event]:
    """What can befall a host with these daemons, in the order of the failures."""
    return [Event(failure, daemon) for failure in failures for daemon in (daemons if failure.of_daemon else [""])]


def daemons_of(host: Host) -> list[str]:
    """The daemons of a host; of several of a kind, the first stands for all."""
    names = [name for name in sorted((host.answer or {})["services"]) if name not in OWN]
    return sorted({name.rstrip("0123456789"): name for name in reversed(names)}.values())


def watched_by_pair(host: Host) -> list[str]:
    """Those whose end moves the VIP: an application server is left to who is in front of it, who asks from outside."""
    services = (host.answer or {})["services"]
    return [name for name in daemons_of(host) if urlsplit(str(services[name]["health"])).hostname == LOOPBACK]
