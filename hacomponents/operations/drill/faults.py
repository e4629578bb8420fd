"""What is done to the active host of a pair, how it is undone, and how soon its peer must answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from hacomponents.operations.errors import OperationFailed
from hacomponents.operations.reach import AGENT

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from hacomponents.testing import HostHandle

MISSED = 3.5
"""Adverts until the peer answers: three that are missed, and half a one for the skew and the first request."""
HELD_BACK = 2.5
"""Seconds for which new connections wait, at most, while what is under way finishes before a VIP moves on purpose."""


@dataclass(frozen=True)
class Target:
    """What is struck.

    Args:
        host: the container.
        pid: of the daemon on the host, whose process group has the same number; 0 for the whole host.
        advert_int: seconds between adverts.
    """

    host: HostHandle
    pid: int
    advert_int: float

    def signal(self, name: str) -> None:
        """Send a signal to all processes of the daemon."""
        self.host.exec("sh", "-c", f"kill -s {name} -- -{self.pid}")


@dataclass(frozen=True)
class DrillFault:
    """A fault, and what is promised of it.

    Args:
        name: on the command line.
        what: happens to the host, for a person; `{}` is the daemon.
        strike: makes it happen.
        undo: what the host does not repair by itself. Default: nothing.
        bound: seconds in which no new request may come through, from the seconds between adverts.
        of_daemon: whether a daemon has it, not the whole host. Default: no.
        lossless: whether no request on a connection that is kept alive may fail. Default: no.
        blind: whether the old holder cannot know that its peer has the VIP, and goes on to hold it. Default: no.
    """

    name: str
    what: str
    strike: Callable[[Target], object]
    undo: Callable[[Target], object] = lambda _: None
    bound: Callable[[float], float] = lambda advert_int: MISSED * advert_int
    of_daemon: bool = False
    lossless: bool = False
    blind: bool = False


FAULTS = (
    DrillFault("kill", "the host is killed", lambda at: at.host.kill(), lambda at: at.host.start()),
    DrillFault("freeze", "the host freezes", lambda at: at.host.pause(), lambda at: at.host.unpause(), blind=True),
    DrillFault("cut", "its network is cut", lambda at: at.host.block(), lambda at: at.host.unblock(), blind=True),
    DrillFault("crash", "{} is killed with -9", lambda at: at.signal("KILL"), bound=lambda _: 0.1, of_daemon=True),
    DrillFault(
        "hang",
        "{} hangs",
        lambda at: at.signal("STOP"),
        lambda at: at.signal("CONT"),
        bound=lambda _: 3,
        of_daemon=True,
    ),
    DrillFault(
        "handover",
        "a planned handover",
        lambda at: at.host.exec(AGENT, "handover"),
        bound=lambda _: HELD_BACK,
        lossless=True,
    ),
)
"""All of them, in the order of the drill."""


def chosen(names: Sequence[str]) -> list[DrillFault]:
    """The faults of these names, in their own order; all of them where none is named. Raises `OperationFailed`."""
    known = [fault.name for fault in FAULTS]
    unknown = [name for name in names if name not in known]
    if unknown:
        raise OperationFailed("drill", f"there is no fault {', '.join(unknown)}", f"choose of: {' '.join(known)}")
    return [fault for fault in FAULTS if fault.name in names or not names]
