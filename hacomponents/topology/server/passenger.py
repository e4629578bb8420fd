"""Passenger: Ruby processes that are spawned as they are needed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from hacomponents.topology import fields
from hacomponents.topology.server.base import PUBLIC, RACKUP, RAILS, Server

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hacomponents.errors import Problem
    from hacomponents.topology.server.folder import Folder


@dataclass(frozen=True)
class Passenger(Server):
    """Ruby applications in Passenger (its built-in engine), for a proxy on the same hosts or on others.

    Args:
        app: local folder with a `config.ru`, or a `Git`; its files travel in the bundle.
        port: where it answers. Default: 3000.
        health: path that answers 2xx when the application can serve. Default: /up.
        health_timeout: seconds that it may take to start. Default: 60.
        max_pool_size: most processes of the application, 1 to 64. Default: 6.
        min_instances: processes that are kept, also when there is nothing to do. Default: 1.
        pool_idle_time: seconds after which others are ended for want of requests; 0 for never. Default: 300.
        max_request_queue_size: requests that wait for a process; more are refused by status 503. Default: 100.
        environment: Rack and Rails environment. Default: production.
        packages: Debian packages of the application. Default: Rails with SQLite.
        env: environment variables. Default: none.
        secret_env: environment variables whose values are secrets. Default: none.
        secrets: what `@@NAME@@` in a value of `env` stands for, by name. Default: none.
    """

    port: int = 3000
    packages: tuple[str, ...] = RAILS
    max_pool_size: int = 6
    min_instances: int = 1
    pool_idle_time: int = 300
    max_request_queue_size: int = 100
    environment: str = "production"

    daemon: ClassVar[str] = "passenger"
    entry: ClassVar[str] = RACKUP
    served: ClassVar[str] = PUBLIC

    @property
    def concurrency(self) -> int:
        """One a process."""
        return self.max_pool_size

    def check_settings(self, path: str, folder: Folder) -> Iterator[Problem]:
        """Rules of Passenger's own settings."""
        del folder
        wrong = list(fields.integer(f"{path}.max_pool_size", self.max_pool_size, 1, 64))
        yield from wrong
        most = 64 if wrong else self.max_pool_size
        yield from fields.integer(f"{path}.min_instances", self.min_instances, 0, most)
        yield from fields.integer(f"{path}.pool_idle_time", self.pool_idle_time, 0, 86400)
        yield from fields.integer(f"{path}.max_request_queue_size", self.max_request_queue_size, 1, 10000)
        yield from fields.text(f"{path}.environment", self.environment, fields.TOKEN, "a word such as production")
