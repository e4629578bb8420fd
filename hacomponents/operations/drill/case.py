"""The cases of a drill: each fault, and each daemon of a host that can have it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from hacomponents.operations.verdict import LOOPBACK
from hacomponents.testing import HostHandle
from hacomponents.testing.faults import Target

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from hacomponents.operations.drill.promises import Promise
    from hacomponents.operations.verdict import HostState

OWN = {"keepalived", "watchdog", "agent-check", "nftables"}
"""Services that are no daemon of the site."""


@dataclass(frozen=True)
class Case:
    """A fault of a host.

    Args:
        promise: of the fault.
        daemon: that has it, such as nginx; "" where the whole host has it.
    """

    promise: Promise
    daemon: str

    @property
    def description(self) -> str:
        """What happens, for a person."""
        return self.promise.what.format(self.daemon)

    def target(self, host: HostState) -> Target:
        """What is struck on a host, as it is now."""
        # The supervisor gives each service a process group, whose number is that of its first process.
        group = (host.answer or {})["services"][self.daemon]["pid"] if self.daemon else 0
        return Target(HostHandle(host.container), group=group)

    def bound(self, host: HostState) -> float:
        """Seconds in which no new request may come through when a host has it."""
        return self.promise.bound(((host.answer or {})["vrrp"] or {}).get("advert_int", 0))


def cases(promises: Iterable[Promise], daemons: Sequence[str]) -> list[Case]:
    """What can happen to a host with these daemons, in the order of the promises."""
    return [Case(each, daemon) for each in promises for daemon in (daemons if each.of_daemon else [""])]


def daemons_of(host: HostState) -> list[str]:
    """The daemons of a host; of several of a kind, the first stands for all."""
    names = [name for name in sorted((host.answer or {})["services"]) if name not in OWN]
    return sorted({name.rstrip("0123456789"): name for name in reversed(names)}.values())


def watched_by_pair(host: HostState) -> list[str]:
    """Those whose end moves the VIP: an application server is left to who is in front of it, who asks from outside."""
    services = (host.answer or {})["services"]
    return [name for name in daemons_of(host) if urlsplit(str(services[name]["health"])).hostname == LOOPBACK]
