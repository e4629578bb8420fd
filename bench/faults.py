"""What happens to the host that holds the VIP, and how it is undone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bench.subjects import DAEMON

if TYPE_CHECKING:
    from collections.abc import Callable

    from bench.subjects import Subject
    from hacomponents.testing import HostHandle


@dataclass(frozen=True)
class Moment:
    """One run: who is struck, and for the how manieth time.

    Args:
        subject: the site.
        tier: of it.
        host: that holds the tier's VIP.
        number: of the run.
    """

    subject: Subject
    tier: str
    host: HostHandle
    number: int

    @property
    def vip(self) -> str:
        """The tier's VIP."""
        return self.subject.pair(self.tier).vip

    def signal(self, name: str) -> None:
        """Send a signal to every process of the tier's daemon."""
        self.host.kill_process(f"^({DAEMON[self.tier]}|/usr/s?bin/{DAEMON[self.tier]})", name)


@dataclass(frozen=True)
class Fault:
    """Something that happens to a site.

    Args:
        strike: makes it happen.
        undo: what somebody must do so that it can happen again.
    """

    strike: Callable[[Moment], None]
    undo: Callable[[Moment], None]


def nothing(_: Moment) -> None:
    """Nobody must do anything."""


def repair(moment: Moment) -> None:
    """An administrator comes."""
    moment.subject.repair(moment.tier, moment.host)


FAULTS = {
    "host killed": Fault(lambda moment: moment.host.kill(), lambda moment: moment.host.start()),
    "host frozen": Fault(lambda moment: moment.host.pause(), lambda moment: moment.host.unpause()),
    "daemon killed": Fault(lambda moment: moment.signal("KILL"), repair),
    "daemon hung": Fault(lambda moment: moment.signal("STOP"), lambda moment: moment.signal("CONT")),
    "planned handover": Fault(lambda moment: moment.subject.hand_over(moment.host), repair),
    "configuration push": Fault(lambda moment: moment.subject.push(moment.tier, 2 + moment.number % 2), nothing),
}
"""By name."""
