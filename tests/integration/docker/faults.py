"""The faults of the active host of a pair that its peer stands in for, and how soon."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hacomponents.testing.faults import FAULTS, Fault, Target

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hacomponents.testing import HostHandle, VipWatch

TURNS = 10
"""How many programs have to get their turn, one after the other, until somebody is served by the peer, and some."""


def lateness(*watches: VipWatch) -> float:
    """Seconds that the machine itself may have taken: so many times as long as a watch had to wait for its turn."""
    return TURNS * max(watch.resolution for watch in watches)


@dataclass(frozen=True)
class BoundedFault:
    """One that the peer stands in for.

    Args:
        fault: what is done to the host.
        bound: seconds that it may keep new connections out; a busy machine has its `lateness` beside.
        keeps_address: whether the host's kernel goes on to hold the VIP, since nobody there can know better.
    """

    fault: Fault
    bound: float
    keeps_address: bool = False

    @contextmanager
    def on(self, host: HostHandle, daemon: str) -> Iterator[None]:
        """It lasts as long as the body of the `with` statement.

        Args:
            host: that has it.
            daemon: pattern of the command line of its daemon (nginx, haproxy).
        """
        with self.fault.on(Target(host, daemon)):
            yield


BOUNDED = {
    "host killed": BoundedFault(FAULTS["host killed"], bound=1.5),
    "host frozen": BoundedFault(FAULTS["host frozen"], bound=1.5, keeps_address=True),
    "daemon killed": BoundedFault(FAULTS["daemon killed"], bound=0.5),
    "daemon hung": BoundedFault(FAULTS["daemon hung"], bound=4),
    "daemon out of files": BoundedFault(FAULTS["daemon out of files"], bound=4),
    "keepalived killed": BoundedFault(FAULTS["keepalived killed"], bound=1.5),
    "keepalived hung": BoundedFault(FAULTS["keepalived hung"], bound=1.5),
}
"""By name."""
