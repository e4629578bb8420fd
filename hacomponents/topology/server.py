"""Application servers: what runs on the hosts of an application tier."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from hacomponents.errors import Problem
from hacomponents.topology import fields
from hacomponents.topology.secret import SECRET, Secret, SecretInput

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

MAX_PROCESSES = 64
# 16 MiB: an application of source files; a larger one is a build artefact and belongs in a package.
MAX_APP_BYTES = 16 * 1024 * 1024


@dataclass(frozen=True)
class Folder:
    """The files of an application, as read from a local folder.

    Args:
        path: where it was read, for messages.
        files: relative path to content, sorted; empty where the folder could not be read.
        trouble: why it could not be read. Default: it could.
    """

    path: str
    files: Mapping[str, bytes] = field(default_factory=dict)
    trouble: str = ""


@dataclass(frozen=True)
class Thin:
    """Ruby applications behind Thin, one process a port.

    Args:
        app: local folder with a `config.ru`; its files travel in the bundle.
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
    """

    app: str
    port: int = 3000
    processes: int = 5
    environment: str = "production"
    timeout: int = 30
    max_conns: int = 1024
    max_persistent_conns: int = 512
    health: str = "/up"
    health_timeout: int = 60
    packages: tuple[str, ...] = ("ruby-railties", "ruby-activerecord", "ruby-sqlite3")
    env: Mapping[str, str] = field(default_factory=dict)
    secret_env: Mapping[str, SecretInput] = field(default_factory=dict, metadata=SECRET)

    @property
    def ports(self) -> tuple[int, ...]:
        """One a process; none while port or processes are wrong (a rule says so)."""
        if not isinstance(self.port, int) or not isinstance(self.processes, int):
            return ()
        return tuple(range(self.port, self.port + min(self.processes, MAX_PROCESSES)))

    def check(self, path: str, folder: Folder) -> Iterator[Problem]:
        """Rules of the server and its application."""
        yield from self._check_numbers(path)
        yield from fields.text(f"{path}.environment", self.environment, fields.TOKEN, "a word such as production")
        yield from fields.text(f"{path}.health", self.health, fields.URL_PATH, "a path such as /up")
        for index, package in enumerate(self.packages):
            yield from fields.text(f"{path}.packages[{index}]", package, fields.PACKAGE, "a Debian package's name")
        yield from fields.mapping_of_text(f"{path}.env", self.env)
        yield from _check_secret_env(f"{path}.secret_env", self.secret_env)
        for name in sorted(self.env.keys() & self.secret_env.keys()) if isinstance(self.env, dict) else ():
            yield Problem(f"{path}.secret_env[{name!r}]", "is in env too", "remove one of them")
        yield from _check_folder(f"{path}.app", folder)

    def _check_numbers(self, path: str) -> Iterator[Problem]:
        wrong = [
            *fields.integer(f"{path}.port", self.port, 1024, 65535),
            *fields.integer(f"{path}.processes", self.processes, 1, MAX_PROCESSES),
        ]
        yield from wrong
        if not wrong and self.ports[-1] > 65535:  # noqa: PLR2004  # the last port there is
            yield Problem(
                f"{path}.processes",
                f"runs past port 65535 from port {self.port}",
                "lower port or processes",
                self.processes,
            )
        yield from fields.integer(f"{path}.timeout", self.timeout, 1, 3600)
        yield from fields.integer(f"{path}.max_conns", self.max_conns, 1, 65535)
        yield from fields.integer(f"{path}.max_persistent_conns", self.max_persistent_conns, 0, 65535)
        yield from fields.integer(f"{path}.health_timeout", self.health_timeout, 1, 600)


def _check_secret_env(path: str, secret_env: Mapping[str, SecretInput]) -> Iterator[Problem]:
    for name, secret in secret_env.items():
        yield from fields.text(
            f"{path}[{name!r}]", name, fields.ENVIRONMENT_NAME, "named by letters, digits and underscores"
        )
        if isinstance(secret, Secret):
            yield from secret.check(f"{path}[{name!r}]")
        if not isinstance(secret, Secret):
            yield Problem(
                f"{path}[{name!r}]", "must be a secret text", "give a string or a secret of the stack's configuration"
            )
        elif not secret.clean or not secret.length:
            yield Problem(
                f"{path}[{name!r}]",
                "must be one line of letters, digits and marks, without quotes, '$' or '|'",
                "choose another",
            )


def _check_folder(path: str, folder: Folder) -> Iterator[Problem]:
    if folder.trouble:
        yield Problem(path, folder.trouble, "give the folder of the application", folder.path)
    elif "config.ru" not in folder.files:
        yield Problem(path, "has no config.ru, which Thin starts", "give the folder that holds it", folder.path)
    elif (size := sum(map(len, folder.files.values()))) > MAX_APP_BYTES:
        rule = f"holds {size} bytes, and a bundle carries {MAX_APP_BYTES} at most"
        yield Problem(path, rule, "leave build artefacts and logs out of the folder", folder.path)
    for name in folder.files:
        yield from fields.text(
            f"{path}: file {name!r}", "/" + name, fields.FILE_PATH, "named by letters, digits and . _ - @ only"
        )
