"""What is done to a host on purpose, and how it is undone. How soon others must stand in is said by whoever does it."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from hacomponents.testing.host import HostHandle

KEEPALIVED = "^keepalived "


@dataclass(frozen=True)
class Target:
    """A host, and the daemon on it that a fault may be of.

    Args:
        host: the host.
        daemon: extended regular expression of the command lines of the daemon's processes. Default: none.
        group: number of its process group, to signal all of them at once, instead. Default: none.
    """

    host: HostHandle
    daemon: str = ""
    group: int = 0

    def signal(self, name: str) -> None:
        """Send a signal, such as `KILL`, to all processes of the daemon."""
        if self.group:
            self.host.exec("sh", "-c", f"kill -s {name} -- -{self.group}")
        else:
            self.host.kill_process(self.daemon, name)


def nothing(_: Target) -> None:
    """The host repairs itself."""


@dataclass(frozen=True)
class Fault:
    """A way to fail.

    Args:
        strike: makes it happen.
        undo: what the host does not repair by itself. Default: nothing.
    """

    strike: Callable[[Target], object]
    undo: Callable[[Target], object] = nothing

    @contextmanager
    def on(self, target: Target) -> Iterator[None]:
        """It lasts as long as the body of the `with` statement."""
        self.strike(target)
        try:
            yield
        finally:
            self.undo(target)


FAULTS = {
    "host killed": Fault(lambda at: at.host.kill(), lambda at: at.host.start()),
    "host frozen": Fault(lambda at: at.host.pause(), lambda at: at.host.unpause()),
    "host cut off": Fault(lambda at: at.host.block(), lambda at: at.host.unblock()),
    "daemon killed": Fault(lambda at: at.signal("KILL")),
    "daemon hung": Fault(lambda at: at.signal("STOP"), lambda at: at.signal("CONT")),
    "daemon out of files": Fault(
        lambda at: at.host.limit_open_files(at.daemon, 1), lambda at: at.host.limit_open_files(at.daemon)
    ),
    "keepalived killed": Fault(lambda at: at.host.kill_process(KEEPALIVED)),
    "keepalived hung": Fault(lambda at: at.host.kill_process(KEEPALIVED, "STOP")),
    "planned handover": Fault(lambda at: at.host.exec("hacomponents-agent", "handover")),
}
"""By name."""
