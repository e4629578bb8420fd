"""Load on a URL by wrk."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict

from bench.images import client_image
from hacomponents.testing.docker import docker

if TYPE_CHECKING:
    from types import TracebackType
    from typing import Self

SCRIPT = Path(__file__).with_name("wrk.lua").read_text()
SERVERS = 5
"""Of the application, on ports in a row; wrk has a thread for each."""
CONNECTIONS = 60


class Load(TypedDict):
    """What wrk saw.

    Keys:
        requests: answered, good or not.
        seconds: that it took.
        failed: no connection, a status over 399, no answer within 10 s.
        closed: connections closed by the server: after an answer, or instead of one.
        p50_ms: median of the time of a request.
        p99_ms: what one in a hundred exceeded.
    """

    requests: int
    seconds: float
    failed: int
    closed: int
    p50_ms: float
    p99_ms: float


@dataclass(frozen=True)
class LoadClient:
    """A container with wrk.

    Use it as a context manager: it is removed at the end.

    Args:
        name: of the container.
        network: of Docker, on which it stands.
    """

    name: str
    network: str

    def __enter__(self) -> Self:
        """Start it."""
        docker("run", "--detach", "--init", "--name", self.name, "--network", self.network, client_image(),
               "sleep", "infinity")  # fmt: skip
        docker("exec", "-i", self.name, "sh", "-c", "cat > /wrk.lua", stdin=SCRIPT)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Remove it."""
        docker("rm", "--force", self.name)

    def load(self, url: str, seconds: int, *, spread: bool) -> Load:
        """Ask on 60 connections that are kept alive, as fast as the answers come.

        Args:
            url: with its port, `http://10.0.0.1:80/`.
            seconds: how long.
            spread: over five ports in a row, from that of the URL.
        """
        wrk = (
            f"wrk --threads={SERVERS} --connections={CONNECTIONS} --duration={seconds}s --timeout=10s --script=/wrk.lua"
        )
        said = docker("exec", "--env", f"SPREAD={int(spread)}", self.name, *wrk.split(), url, timeout=seconds + 60)
        report: Load = json.loads(said.splitlines()[-1])
        return report
