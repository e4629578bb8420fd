"""What can happen to a host: each failure, and each daemon that it can befall."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from hacomponents.testing import HostHandle
from toolchain.drill.failures import Target

if TYPE_CHECKING:
    from collections.abc import Iterable

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


def possible(failures: Iterable[Failure], host: Host) -> list[Event]:
    """What can befall a host, in the order of the failures; of several daemons of a kind, the first stands for all."""
    names = [name for name in sorted((host.answer or {})["services"]) if name not in OWN]
    daemons = sorted({name.rstrip("0123456789"): name for name in reversed(names)}.values())
    return [Event(failure, daemon) for failure in failures for daemon in (daemons if failure.of_daemon else [""])]
