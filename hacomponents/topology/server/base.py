"""What all application servers have in common."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

from hacomponents.errors import Problem
from hacomponents.topology import fields
from hacomponents.topology.named_secrets import Secrets, check_named
from hacomponents.topology.secret import SECRET, Secret, SecretInput, check_secret
from hacomponents.topology.server import guards
from hacomponents.topology.server.git import Git
from hacomponents.topology.tier import Endpoint

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from hacomponents.topology.network import Host
    from hacomponents.topology.server.folder import Folder

# Of the servers for Ruby: their entry, what applications send as it is, and the packages of Rails with SQLite.
RACKUP = "config.ru"
PUBLIC = "public"
RAILS = ("ruby-railties", "ruby-activerecord", "ruby-sqlite3")


@dataclass(frozen=True)
class Server:
    """An application and what serves it, the same on each host of a tier.

    Args:
        app: local folder of the application, or a `Git`; its files travel in the bundle.
        port: where it answers, on the host's own address. Default: 8080.
        health: path that answers 2xx when the application can serve. Default: /up.
        health_timeout: seconds that it may take to start. Default: 60.
        packages: Debian packages of the application. Default: none.
        env: environment variables. Default: none.
        secret_env: environment variables whose values are secrets. Default: none.
        secrets: what `@@NAME@@` in a value of `env` stands for, by name. Default: none.
    """

    app: str | Git
    port: int = 8080
    health: str = "/up"
    health_timeout: int = 60
    packages: tuple[str, ...] = ()
    env: Mapping[str, str] = field(default_factory=dict)
    secret_env: Mapping[str, SecretInput] = field(default_factory=dict, metadata=SECRET)
    secrets: Secrets = field(default_factory=dict, metadata=SECRET)

    daemon: ClassVar[str]
    """What the folder of its files under /etc is called."""
    entry: ClassVar[str] = ""
    """A file that the application must have; empty for none."""
    served: ClassVar[str] = ""
    """The folder of the application that clients get files of, whatever they are; empty for none that is known."""
    lowest_port: ClassVar[int] = 1024
    """Below it, a port needs root to be bound."""

    @property
    def ports(self) -> tuple[int, ...]:
        """Where it answers."""
        return (self.port,)

    @property
    def concurrency(self) -> int:
        """How many requests each of its endpoints works on at a time."""
        raise NotImplementedError

    @property
    def reads_htaccess(self) -> bool:
        """Whether it may look for `.htaccess`."""
        return False

    @property
    def texts(self) -> Mapping[str, object]:
        """Where secrets may be named, by field."""
        env = self.env if isinstance(self.env, dict) else {}
        return {f"env[{name!r}]": value for name, value in env.items()}

    @property
    def secret_files(self) -> Mapping[str, Sequence[str]]:
        """The names of secrets that a field wants in files of their own."""
        return {}

    def endpoints(self, host: Host) -> tuple[Endpoint, ...]:
        """What answers on a host, by names that stay when the server grows."""
        return tuple(Endpoint(host.name, host.address, port) for port in self.ports)

    def check(self, path: str, folder: Folder) -> Iterator[Problem]:
        """Rules of the server and its application."""
        yield from fields.integer(f"{path}.port", self.port, self.lowest_port, 65535)
        yield from self.check_settings(path, folder)
        yield from fields.text(f"{path}.health", self.health, fields.URL_PATH, "a path such as /up")
        yield from fields.integer(f"{path}.health_timeout", self.health_timeout, 1, 600)
        yield from _check_packages(f"{path}.packages", self.packages)
        yield from fields.mapping_of_text(f"{path}.env", self.env)
        yield from _check_secret_env(f"{path}.secret_env", self.secret_env)
        if isinstance(self.env, dict) and isinstance(self.secret_env, dict):
            for name in sorted(self.env.keys() & self.secret_env.keys()):
                yield Problem(f"{path}.secret_env[{name!r}]", "is in env too", "remove one of them")
        yield from check_named(path, self.secrets, self.texts, self.secret_files)
        yield from self._check_app(f"{path}.app", folder)

    def _check_app(self, path: str, folder: Folder) -> Iterator[Problem]:
        wrong = list(self.app.check(path)) if isinstance(self.app, Git) else []
        yield from wrong
        if not wrong:
            yield from folder.check(path, self.entry, type(self).__name__)
            yield from self.check_guards(path, folder)

    def check_guards(self, path: str, folder: Folder) -> Iterator[Problem]:
        """Files by which the application guards what would be served all the same."""
        yield from guards.check_unread(path, folder, self.served, type(self).__name__)

    def warnings(self, path: str, folder: Folder) -> Iterator[Problem]:
        """What is unwise, and stops nothing."""
        yield from guards.warn_of_guards(f"{path}.app", folder, served=self.served, reads_htaccess=self.reads_htaccess)

    def check_settings(self, path: str, folder: Folder) -> Iterator[Problem]:
        """Rules of the settings that only this server has."""
        raise NotImplementedError(path, folder)


def _check_packages(path: str, packages: object) -> Iterator[Problem]:
    if not isinstance(packages, tuple | list):
        yield Problem(path, "must be a tuple of packages", 'write ("ruby-redis",)', packages)
        return
    for index, package in enumerate(packages):
        yield from fields.text(f"{path}[{index}]", package, fields.PACKAGE, "a Debian package's name")


def _check_secret_env(path: str, secret_env: object) -> Iterator[Problem]:
    if not isinstance(secret_env, dict):
        remedy = 'write {"SECRET_KEY_BASE": config.require_secret("secret_key_base")}'
        yield Problem(path, "must be a dict of names to secrets", remedy)
        return
    for name, secret in secret_env.items():
        yield from fields.text(
            f"{path}[{name!r}]", name, fields.ENVIRONMENT_NAME, "named by letters, digits and underscores"
        )
        yield from check_secret(f"{path}[{name!r}]", secret)
        if isinstance(secret, Secret) and not (secret.length and secret.clean):
            yield Problem(
                f"{path}[{name!r}]",
                "must be one line of letters, digits and marks, without quotes, '$' or '|'",
                "choose another",
            )
