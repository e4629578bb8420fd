"""What a drill does to the active host of a pair, and what is promised of it: how soon the peer must answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from hacomponents.operations.errors import OperationFailed
from hacomponents.testing.faults import FAULTS, Fault

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

MISSED = 3.5
"""Adverts until the peer answers: three that are missed, and half a one for the skew and the first request."""
HELD_BACK = 2.5
"""Seconds for which new connections wait, at most, while what is under way finishes before a VIP moves on purpose."""


@dataclass(frozen=True)
class Promise:
    """A fault, and what is promised of it.

    Args:
        name: of the fault, on the command line.
        what: happens to the host, for a person; `{}` is the daemon.
        fault: that is done to it.
        bound: seconds in which no new request may come through, from the seconds between adverts.
        of_daemon: whether a daemon has the fault, not the whole host. Default: no.
        lossless: whether no request on a connection that is kept alive may fail. Default: no.
        blind: whether the old holder cannot know that its peer has the VIP, and goes on to hold it. Default: no.
    """

    name: str
    what: str
    fault: Fault
    bound: Callable[[float], float] = lambda advert_int: MISSED * advert_int
    of_daemon: bool = False
    lossless: bool = False
    blind: bool = False


PROMISES = (
    Promise("kill", "the host is killed", FAULTS["host killed"]),
    Promise("freeze", "the host freezes", FAULTS["host frozen"], blind=True),
    Promise("cut", "its network is cut", FAULTS["host cut off"], blind=True),
    Promise("crash", "{} is killed with -9", FAULTS["daemon killed"], bound=lambda _: 0.1, of_daemon=True),
    Promise("hang", "{} hangs", FAULTS["daemon hung"], bound=lambda _: 3, of_daemon=True),
    Promise("handover", "a planned handover", FAULTS["planned handover"], bound=lambda _: HELD_BACK, lossless=True),
)
"""All of them, in the order of the drill."""


def chosen(names: Sequence[str]) -> list[Promise]:
    """Those of faults of these names, in their own order; all where none is named. Raises `OperationFailed`."""
    known = [promise.name for promise in PROMISES]
    unknown = [name for name in names if name not in known]
    if unknown:
        raise OperationFailed("drill", f"there is no fault {', '.join(unknown)}", f"choose of: {' '.join(known)}")
    return [promise for promise in PROMISES if promise.name in names or not names]
