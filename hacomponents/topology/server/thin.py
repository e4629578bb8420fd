"""Thin: Ruby, one process a port."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from hacomponents.errors import Problem
from hacomponents.topology import fields
from hacomponents.topology.server.base import PUBLIC, RACKUP, RAILS, Server
from hacomponents.topology.tier import Endpoint

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hacomponents.topology.network import Host
    from hacomponents.topology.server.folder import Folder

MAX_PROCESSES = 64


@dataclass(frozen=True)
class Thin(Server):
    """Ruby applications behind Thin, one process a port.

    Args:
        app: local folder with a `config.ru`, or a `Git`; its files travel in the bundle.
        port: of the first process. Default: 3000.
        processes: how many, on consecutive ports. Default: 5.
        environment: Rack and Rails environment. Default: production.
        timeout: seconds before an idle connection is dropped. Default: 30.
        max_conns: open connections a process. Default: 1024.
        max_persistent_conns: of them kept alive. Default: 512.
        health: path that answers 2xx when the process can serve. Default: /up.
        health_timeout: seconds that a process may take to start. Default: 60.
        packages: Debian packages of the application. Default: Rails with SQLite.
        env: environment variables. Default: none.
        secret_env: environment variables whose values are secrets. Default: none.
        secrets: what `@@NAME@@` in a value of `env` stands for, by name. Default: none.
    """

    port: int = 3000
    packages: tuple[str, ...] = RAILS
    processes: int = 5
    environment: str = "production"
    timeout: int = 30
    max_conns: int = 1024
    max_persistent_conns: int = 512

    daemon: ClassVar[str] = "thin"
    entry: ClassVar[str] = RACKUP
    served: ClassVar[str] = PUBLIC

    @property
    def ports(self) -> tuple[int, ...]:
        """One a process; none where they are no numbers, as they are read before any rule is asked."""
        if not isinstance(self.port, int) or not isinstance(self.processes, int):
            return ()
        return tuple(range(self.port, self.port + min(self.processes, MAX_PROCESSES)))

    @property
    def concurrency(self) -> int:
        """One: Thin has one thread."""
        return 1

    def endpoints(self, host: Host) -> tuple[Endpoint, ...]:
        """One a process."""
        return tuple(Endpoint(f"{host.name}-{port}", host.address, port) for port in self.ports)

    def check_settings(self, path: str, folder: Folder) -> Iterator[Problem]:
        """Rules of Thin's own settings."""
        del folder
        wrong = list(fields.integer(f"{path}.processes", self.processes, 1, MAX_PROCESSES))
        yield from wrong
        if not wrong and max(self.ports, default=0) > 65535:  # noqa: PLR2004  # the last port there is
            yield Problem(
                f"{path}.processes",
                f"runs past port 65535 from port {self.port}",
                "lower port or processes",
                self.processes,
            )
        yield from fields.text(f"{path}.environment", self.environment, fields.TOKEN, "a word such as production")
        yield from fields.integer(f"{path}.timeout", self.timeout, 1, 3600)
        yield from fields.integer(f"{path}.max_conns", self.max_conns, 1, 65535)
        yield from fields.integer(f"{path}.max_persistent_conns", self.max_persistent_conns, 0, 65535)
