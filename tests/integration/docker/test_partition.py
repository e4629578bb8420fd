"""Networks that are cut, both ways or one way, and what a client sees of it."""

from __future__ import annotations

import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import pytest

from hacomponents.testing import VipWatch, eventually
from tests.integration.docker.faults import lateness

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from hacomponents.testing import HostHandle
    from hacomponents.testing.host import Direction
    from tests.integration.docker.tier import Tier

pytestmark = pytest.mark.integration

# Seconds; a busy machine has its `lateness` beside.
UNHEARD = 1.5  # until a peer that hears no adverts serves; 0.4 to 0.6 on an idle one
DEAF = 3  # until a host that hears nobody has given its VIP up; 1 to 1.2 on an idle one
HEALED = 2  # until one host has the VIP


@dataclass(frozen=True)
class Cut:
    """One host of a pair without a network.

    Args:
        lost: what comes `in`, what goes `out`, or both.
        at: the host.
        bound: seconds that it may keep new connections out.
        preferred: whether the holder of the VIP is the host of the higher priority. Default: yes.
    """

    lost: Direction
    at: Literal["holder", "standby"]
    bound: float
    preferred: bool = True

    def __str__(self) -> str:
        """For the name of a test."""
        return f"{self.lost} at {self.at}, {'higher' if self.preferred else 'lower'} priority holds"

    @contextmanager
    def on(self, host: HostHandle) -> Iterator[None]:
        """It lasts as long as the body of the `with` statement."""
        host.block(self.lost)
        try:
            yield
        finally:
            host.unblock()


CUTS = (
    Cut("both", at="holder", bound=UNHEARD),
    Cut("both", at="holder", bound=UNHEARD, preferred=False),
    Cut("out", at="holder", bound=UNHEARD),
    Cut("in", at="holder", bound=DEAF),
    # It hears no adverts and claims the VIP; a holder of higher priority claims it back at once.
    Cut("in", at="standby", bound=UNHEARD),
    Cut("in", at="standby", bound=DEAF, preferred=False),
    Cut("out", at="standby", bound=0.5),
)


@pytest.mark.parametrize("cut", CUTS, ids=str)
def test_host_that_is_cut_off_gives_way(tier: Tier, cut: Cut) -> None:
    """
    A host that hears nobody, or is not heard, is at fault: the other one has the VIP alone, and keeps it afterwards.

    Both have it until the first one knows, which takes a second and is unavoidable: each hears nothing of the other.
    """
    holder, standby = cast_of(tier, preferred=cut.preferred)
    host, other = (holder, standby) if cut.at == "holder" else (standby, holder)

    with VipWatch(tier.pair) as watch, tier.gap() as gap:
        with cut.on(host):
            broken = time.monotonic()
            eventually(lambda: tier.site.state(host)["vrrp"]["state"] == "FAULT")
            eventually(lambda: tier.is_reached_at(other))
        eventually(lambda: tier.is_standby(host), within=30)

    assert gap.report.longest < cut.bound + lateness(watch)
    assert (other.name,) == watch.moves[-1].holders
    assert watch.began + watch.settled < broken + DEAF + lateness(watch)
    assert tier.is_reached_at(other)


@pytest.mark.parametrize("preferred", [True, False], ids=["higher priority holds", "lower priority holds"])
def test_split_pair_serves_and_is_joined(tier: Tier, *, preferred: bool) -> None:
    """
    Two hosts that are cut off from each other alone both have the VIP, and clients are served by either of them.

    That is unavoidable for two; 2 s after the end of the split one has it, and neighbours know which.
    """
    holder, standby = cast_of(tier, preferred=preferred)
    left = tier.pair.hosts[0]

    with VipWatch(tier.pair) as watch, tier.gap() as gap:
        tier.pair.split()
        try:
            eventually(lambda: tier.is_held_by(holder, standby))
            stays(lambda: tier.is_held_by(holder, standby))
        finally:
            tier.pair.join()
        joined = time.monotonic()
        eventually(lambda: tier.is_standby(tier.pair.standby), within=30)

    assert gap.report.longest < UNHEARD + lateness(watch)
    assert (left.name,) == watch.moves[-1].holders
    assert watch.began + watch.settled < joined + HEALED + lateness(watch)
    assert tier.is_reached_at(left)


def cast_of(tier: Tier, *, preferred: bool) -> tuple[HostHandle, HostHandle]:
    """The holder and the standby, once the VIP is where the story begins."""
    first, second = tier.pair.hosts
    holder, standby = (first, second) if preferred else (second, first)
    tier.give_to(holder)
    return holder, standby


def stays(check: Callable[[], bool], seconds: float = 1) -> None:
    """It is true all the time, each time that somebody looks."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        assert check()
