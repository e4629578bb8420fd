"""What is done to the host that holds the VIP, and what must be done so that it can be done again."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bench.subjects import DAEMON
from hacomponents.testing import faults

if TYPE_CHECKING:
    from collections.abc import Callable

    from bench.subjects import Subject
    from hacomponents.testing import HostHandle


@dataclass(frozen=True)
class Run:
    """One run of a fault: its target and its number.

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

    @property
    def target(self) -> faults.Target:
        """The host, with the tier's daemon."""
        return faults.Target(self.host, f"^({DAEMON[self.tier]}|/usr/s?bin/{DAEMON[self.tier]})")


@dataclass(frozen=True)
class MeasuredFault:
    """Something that is done to a site.

    Args:
        strike: makes it happen.
        undo: what somebody must do so that it can happen again.
    """

    strike: Callable[[Run], object]
    undo: Callable[[Run], object]


def nothing(_: Run) -> None:
    """Nobody must do anything."""


def repair(run: Run) -> None:
    """Do what an administrator does."""
    run.subject.repair(run.tier, run.host)


def common(name: str) -> MeasuredFault:
    """A fault that tests and the drill have as well, of the tier's host or its daemon."""
    fault = faults.FAULTS[name]
    return MeasuredFault(lambda run: fault.strike(run.target), lambda run: fault.undo(run.target))


FAULTS = {
    "host killed": common("host killed"),
    "host frozen": common("host frozen"),
    "daemon killed": replace(common("daemon killed"), undo=repair),
    "daemon hung": common("daemon hung"),
    "planned handover": MeasuredFault(lambda run: run.subject.hand_over(run.host), repair),
    "configuration push": MeasuredFault(lambda run: run.subject.push(run.tier, 2 + run.number % 2), nothing),
}
"""By name."""
