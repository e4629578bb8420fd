"""Puma: Ruby, threads in one process or in several."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from hacomponents.errors import Problem
from hacomponents.topology import fields
from hacomponents.topology.server.base import PUBLIC, RACKUP, RAILS, Server

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hacomponents.topology.server.folder import Folder

PAIR = 2


@dataclass(frozen=True)
class Puma(Server):
    """Ruby applications behind Puma.

    Args:
        app: local folder with a `config.ru`, or a `Git`; its files travel in the bundle.
        port: where it answers. Default: 9292.
        health: path that answers 2xx when the application can serve. Default: /up.
        health_timeout: seconds that it may take to start. Default: 60.
        workers: processes, 0 to 64; 0 for one without a cluster. Default: 0.
        threads: fewest and most a process, 0 to 256. Default: (0, 5).
        environment: Rack and Rails environment. Default: production.
        packages: Debian packages of the application. Default: Rails with SQLite.
        env: environment variables. Default: none.
        secret_env: environment variables whose values are secrets. Default: none.
        secrets: what `@@NAME@@` in a value of `env` stands for, by name. Default: none.
    """

    port: int = 9292
    packages: tuple[str, ...] = RAILS
    workers: int = 0
    threads: tuple[int, int] = (0, 5)
    environment: str = "production"

    daemon: ClassVar[str] = "puma"
    entry: ClassVar[str] = RACKUP
    served: ClassVar[str] = PUBLIC

    @property
    def concurrency(self) -> int:
        """One a thread."""
        return max(self.workers, 1) * self.threads[1]

    def check_settings(self, path: str, folder: Folder) -> Iterator[Problem]:
        """Rules of Puma's own settings."""
        del folder
        yield from fields.integer(f"{path}.workers", self.workers, 0, 64)
        yield from self._check_threads(path)
        yield from fields.text(f"{path}.environment", self.environment, fields.TOKEN, "a word such as production")

    def _check_threads(self, path: str) -> Iterator[Problem]:
        if not isinstance(self.threads, tuple) or len(self.threads) != PAIR:
            yield Problem(f"{path}.threads", "must be the fewest and the most threads", "write (0, 5)", self.threads)
            return
        wrong = [
            *fields.integer(f"{path}.threads[0]", self.threads[0], 0, 256),
            *fields.integer(f"{path}.threads[1]", self.threads[1], 1, 256),
        ]
        yield from wrong
        if not wrong and self.threads[0] > self.threads[1]:
            yield Problem(f"{path}.threads", "has more as the fewest than as the most", "swap them", self.threads)
