"""What can befall the active host of a pair."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from hacomponents.testing import HostHandle, VipWatch

    Deed = Callable[[HostHandle, str], object]

KEEPALIVED = "^keepalived "
TURNS = 10
"""How many programs have to get their turn, one after the other, until somebody is served by the peer, and some."""


def lateness(*watches: VipWatch) -> float:
    """Seconds that the machine itself may have taken: so many times as long as a watch had to wait for its turn."""
    return TURNS * max(watch.resolution for watch in watches)


def nothing(_host: HostHandle, _daemon: str) -> None:
    """The host mends itself."""


@dataclass(frozen=True)
class Failure:
    """One that the peer stands in for.

    Args:
        breaks: does it to a host, whose daemon (nginx, haproxy) has a command line of this pattern.
        mends: undoes it. Default: nothing.
        bound: seconds that it may keep new connections out; a busy machine has its `lateness` beside.
        keeps_address: whether the host's kernel goes on to hold the VIP, since nobody there can know better.
    """

    breaks: Deed
    bound: float
    mends: Deed = nothing
    keeps_address: bool = False

    @contextmanager
    def on(self, host: HostHandle, daemon: str) -> Iterator[None]:
        """It lasts as long as the body of the `with` statement."""
        self.breaks(host, daemon)
        try:
            yield
        finally:
            self.mends(host, daemon)


FAILURES = {
    "host killed": Failure(
        breaks=lambda host, _: host.kill(),
        mends=lambda host, _: host.start(),
        bound=1.5,
    ),
    "host frozen": Failure(
        breaks=lambda host, _: host.pause(),
        mends=lambda host, _: host.unpause(),
        bound=1.5,
        keeps_address=True,
    ),
    "daemon killed": Failure(
        breaks=lambda host, daemon: host.kill_process(daemon),
        bound=0.5,
    ),
    "daemon hung": Failure(
        breaks=lambda host, daemon: host.kill_process(daemon, "STOP"),
        mends=lambda host, daemon: host.kill_process(daemon, "CONT"),
        bound=4,
    ),
    "daemon out of files": Failure(
        breaks=lambda host, daemon: host.limit_open_files(daemon, 1),
        mends=lambda host, daemon: host.limit_open_files(daemon),
        bound=4,
    ),
    "keepalived killed": Failure(
        breaks=lambda host, _: host.kill_process(KEEPALIVED),
        bound=1.5,
    ),
    "keepalived hung": Failure(
        breaks=lambda host, _: host.kill_process(KEEPALIVED, "STOP"),
        bound=1.5,
    ),
}
