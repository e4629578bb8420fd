"""What a site has to carry while it is changed: GET and POST, on connections that are kept and on new ones."""

from __future__ import annotations

import logging
from contextlib import ExitStack
from http import HTTPStatus
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType
    from typing import Self

    from hacomponents.testing import Failure, LoadReport
    from hacomponents.testing.background import Background
    from hacomponents.testing.client import Request
    from tests.integration.docker.site import Site

# Seconds between an answer and the next request of a connection: the site has something to do, and is not flooded.
THINK_TIME = 0.05
RARE = 10_000  # requests of which one may cross the close of its connection; in a short story, each client's once


class Traffic:
    """Four kinds of clients at once, for the time of a `with` statement.

    Args:
        site: who is asked.
        connections: how many of each kind. Default: 3.

    Attributes:
        connections: the same.
    """

    def __init__(self, site: Site, connections: int = 3) -> None:
        self._site = site
        self.connections = connections
        self._running = ExitStack()
        self._loads: dict[str, Background[LoadReport]] = {}

    def __enter__(self) -> Self:
        """Start; returns when each kind has had a good answer."""
        form = self._site.note_form("under load")
        for kind, keep_alive in (("kept", True), ("new", False)):
            self._start(f"GET {kind}", "/up", HTTPStatus.OK, keep_alive, {})
            self._start(f"POST {kind}", "/notes", HTTPStatus.FOUND, keep_alive, form)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop and read what was seen."""
        self._running.__exit__(kind, error, trace)
        words = "%d requests, %d failed, %d crossed the close of their connection"
        logging.getLogger(__name__).info(words, self.requests, len(self.failures), len(self.crossed))

    @property
    def requests(self) -> int:
        """Asked in all."""
        return sum(load.report.requests for load in self._loads.values())

    @property
    def failures(self) -> list[str]:
        """Each request that failed: its kind, when, and the client's own error."""
        return self._told(lambda _: True)

    @property
    def crossed(self) -> list[str]:
        """Those of them that crossed the close of their connection: POST on a kept one."""
        return self._told(lambda failure: failure.crossed)

    def _told(self, which: Callable[[Failure], bool]) -> list[str]:
        return [
            f"{kind} after {failure.at:.2f} s: {failure.error}"
            for kind, load in self._loads.items()
            for failure in load.report.failures
            if which(failure)
        ]

    def _start(self, kind: str, path: str, status: int, keep_alive: bool, how: Request) -> None:  # noqa: FBT001
        load = self._site.client.load(
            self._site.url(path),
            connections=self.connections,
            keep_alive=keep_alive,
            think_time=THINK_TIME,
            expected=(status,),
            **how,
        )
        self._loads[kind] = self._running.enter_context(load)


def require_all_answered(traffic: Traffic) -> None:
    """No request fails, but for a rare POST: nginx 1.22 closes idle connections at a reload, and it was on its way."""
    assert traffic.crossed == traffic.failures
    assert len(traffic.crossed) <= max(traffic.connections, traffic.requests // RARE), traffic.crossed
