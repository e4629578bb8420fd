"""What a person sees of a case while it goes on: one line that is written over, or plain lines without a terminal."""

from __future__ import annotations

import shutil
import sys
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hacomponents.operations.progress import say

if TYPE_CHECKING:
    from collections.abc import Callable

STEP = 0.2
"""Seconds between two lines; the probes tell as often how it stands."""


@dataclass(frozen=True)
class Standing:
    """How a case stands.

    Args:
        holders: names of the hosts that hold the VIP.
        silence: seconds since the last good new request began.
        requests: asked on connections that are kept alive.
        failed: of them.
    """

    holders: tuple[str, ...]
    silence: float
    requests: int
    failed: int


class Display:
    """Shows one case.

    Args:
        title: what happens to which host.
        look: tells how it stands.
    """

    def __init__(self, title: str, look: Callable[[], Standing]) -> None:
        self._title = title
        self._look = look
        self._struck = time.monotonic()
        self._gap = 0.0
        self._holders: tuple[str, ...] | None = None
        self._terminal = sys.stderr.isatty()
        say(f"==> {title}")

    def strike(self) -> float:
        """From now on, time and gap count. Returns when that is, on the clock of `time.monotonic()`."""
        self._struck, self._gap = time.monotonic(), 0.0
        return self._struck

    def rest(self, seconds: float) -> None:
        """Show how it stands for so many seconds."""
        self.follow(lambda _: False, seconds)

    def follow(self, done: Callable[[Standing], bool], within: float) -> bool:
        """Show how it stands until it is `done`; whether it was, within so many seconds."""
        deadline = time.monotonic() + within
        while not done(standing := self._look()):
            if time.monotonic() > deadline:
                return False
            self._show(standing)
            time.sleep(STEP)
        return True

    def end(self, words: str) -> None:
        """Leave a last line."""
        if self._terminal:
            sys.stderr.write("\r\033[K")
        say(f"    {words}")

    def _show(self, standing: Standing) -> None:
        # A silence of a step or so is how often the probe tells, not a gap.
        self._gap = max(self._gap, standing.silence if standing.silence > 2 * STEP else 0.0)
        moved, self._holders = standing.holders != self._holders, standing.holders
        if self._terminal:
            line = self._line(standing)[: shutil.get_terminal_size().columns - 1]
            sys.stderr.write(f"\r\033[K{line}")
            sys.stderr.flush()
        elif moved:
            say(self._line(standing))

    def _line(self, standing: Standing) -> str:
        return (
            f"    {time.monotonic() - self._struck:5.1f} s  VIP on {' and '.join(standing.holders) or 'no host'}"
            f"  gap so far {self._gap:.1f} s  requests {standing.requests}, failed {standing.failed}"
        )
