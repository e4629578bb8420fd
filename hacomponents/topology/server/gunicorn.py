"""Gunicorn: Python."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from hacomponents.errors import Problem
from hacomponents.topology import fields
from hacomponents.topology.server.base import Server

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hacomponents.topology.server.folder import Folder

MODULE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)*:[A-Za-z_][A-Za-z0-9_]*")
# The agent kills what has not ended after 15 s.
LONGEST_STOP = 14


@dataclass(frozen=True)
class Gunicorn(Server):
    """Python applications (WSGI) behind Gunicorn.

    Args:
        app: local folder or a `Git`; its files travel in the bundle.
        port: where it answers. Default: 8000.
        health: path that answers 2xx when the application can serve. Default: /up.
        health_timeout: seconds that it may take to start. Default: 60.
        wsgi_app: module and name in it. Default: wsgi:application.
        workers: processes, 1 to 64. Default: 2.
        threads: of each of them, 1 to 256. Default: 4.
        timeout: seconds after which a worker that does not work is replaced. Default: 30.
        graceful_timeout: seconds that requests may take to finish, 1 to 14. Default: 10.
        packages: Debian packages of the application, such as python3-flask. Default: none.
        env: environment variables. Default: none.
        secret_env: environment variables whose values are secrets. Default: none.
        secrets: what `@@NAME@@` in a value of `env` stands for, by name. Default: none.
    """

    port: int = 8000
    wsgi_app: str = "wsgi:application"
    workers: int = 2
    threads: int = 4
    timeout: int = 30
    graceful_timeout: int = 10

    daemon: ClassVar[str] = "gunicorn"

    @property
    def concurrency(self) -> int:
        """One a thread."""
        return self.workers * self.threads

    def check_settings(self, path: str, folder: Folder) -> Iterator[Problem]:
        """Rules of Gunicorn's own settings."""
        yield from fields.integer(f"{path}.workers", self.workers, 1, 64)
        yield from fields.integer(f"{path}.threads", self.threads, 1, 256)
        yield from fields.integer(f"{path}.timeout", self.timeout, 1, 3600)
        yield from fields.integer(f"{path}.graceful_timeout", self.graceful_timeout, 1, LONGEST_STOP)
        wrong = list(
            fields.text(f"{path}.wsgi_app", self.wsgi_app, MODULE, "a module and a name, such as wsgi:application")
        )
        yield from wrong
        if not wrong and not folder.trouble:
            yield from self._check_module(f"{path}.wsgi_app", folder)

    def _check_module(self, path: str, folder: Folder) -> Iterator[Problem]:
        module = self.wsgi_app.partition(":")[0].replace(".", "/")
        if not {f"{module}.py", f"{module}/__init__.py"} & folder.files.keys():
            yield Problem(
                path, f"is not in {folder.path}, which has no {module}.py", "name a module of it", self.wsgi_app
            )
