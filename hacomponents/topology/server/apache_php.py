"""Apache with PHP in it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

from hacomponents.errors import Problem
from hacomponents.topology import fields, languages
from hacomponents.topology.server import guards
from hacomponents.topology.server.base import Server

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from hacomponents.topology.server.folder import Folder

# What `.htaccess` may say (Apache's documentation, core: AllowOverride).
OVERRIDES = ("All", "None", "AuthConfig", "FileInfo", "Indexes", "Limit", "Options")
SETTING = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*")
# Without what ends a quoted word, or is replaced in one.
VALUE = re.compile(r"(?!.*@@)[A-Za-z0-9 _.,:;/@+=&|~^()<>*?!#-]{1,255}")


@dataclass(frozen=True)
class ApachePhp(Server):
    """PHP applications in Apache's own processes (mod_php, MPM prefork).

    Args:
        app: local folder or a `Git`; its files travel in the bundle. The document root, but for `virtual_hosts`.
        port: where it answers. Default: 80.
        health: path that answers 2xx when the application can serve. Default: /.
        health_timeout: seconds that it may take to start. Default: 60.
        virtual_hosts: names (`ServerName`) to folders of `app` (`DocumentRoot`); a name that is not among them gets
            the first one. Default: one site for every name.
        max_request_workers: requests at a time, 1 to 256; more wait. Default: 32.
        timeout: seconds of silence before a request is given up. Default: 60.
        php_value: settings of PHP, such as `{"session.name": "JSESSIONID"}`. Default: sessions are kept in
            /var/lib/NAME, and old ones removed.
        allow_override: what `.htaccess` files of the application may say (`AllowOverride`), such as `["All"]` or
            `["FileInfo", "AuthConfig"]`; `["None"]` ignores them. Where the application has such a file, it must be
            said. Default: None, in Apache's sense.
        extra_config: further lines of each virtual host, in Apache's language. Default: none.
        packages: Debian packages of the application, such as php-mysql. Default: none.
        env: environment variables. Default: none.
        secret_env: environment variables whose values are secrets. Default: none.
        secrets: what `@@NAME@@` in `extra_config` or a value of `env` stands for, by name. Default: none.
    """

    port: int = 80
    health: str = "/"
    virtual_hosts: Mapping[str, str] = field(default_factory=dict)
    max_request_workers: int = 32
    timeout: int = 60
    php_value: Mapping[str, str] = field(default_factory=dict)
    allow_override: Sequence[str] = ()
    extra_config: str = ""

    daemon: ClassVar[str] = "apache2"
    served: ClassVar[str] = "."
    # Apache binds it as root; what serves runs as www-data.
    lowest_port: ClassVar[int] = 1

    @property
    def concurrency(self) -> int:
        """One a process."""
        return self.max_request_workers

    @property
    def roots(self) -> tuple[str, ...]:
        """The folders of the application that are served."""
        given = self.virtual_hosts if isinstance(self.virtual_hosts, dict) else {}
        return tuple(map(str, given.values())) or (".",)

    @property
    def reads_htaccess(self) -> bool:
        """Whether it looks for `.htaccess`."""
        return bool(self.allow_override) and "None" not in self.allow_override

    def overrides(self, folder: Folder) -> tuple[str, ...]:
        """The `.htaccess` files that it reads."""
        return guards.guards(folder, guards.HTACCESS, self.roots) if self.reads_htaccess else ()

    @property
    def texts(self) -> Mapping[str, object]:
        """Those of all servers, and lines of Apache."""
        return {"extra_config": self.extra_config, **super().texts}

    def check_settings(self, path: str, folder: Folder) -> Iterator[Problem]:
        """Rules of Apache's and PHP's own settings."""
        yield from fields.integer(f"{path}.max_request_workers", self.max_request_workers, 1, 256)
        yield from fields.integer(f"{path}.timeout", self.timeout, 1, 3600)
        yield from self._check_virtual_hosts(f"{path}.virtual_hosts", folder)
        yield from _check_php_value(f"{path}.php_value", self.php_value)
        yield from self._check_allow_override(f"{path}.allow_override", folder)
        yield from fields.extra_config(f"{path}.extra_config", self.extra_config, languages.apache)

    def check_guards(self, path: str, folder: Folder) -> Iterator[Problem]:
        """PHP's own files; of `.htaccess`, `allow_override` must say what they are for."""
        php_value = self.php_value if isinstance(self.php_value, dict) else {}
        yield from guards.check_ini(path, folder, self.roots, php_value)

    def _check_allow_override(self, path: str, folder: Folder) -> Iterator[Problem]:
        words = self.allow_override
        if not isinstance(words, tuple | list):
            yield Problem(path, "must be a list of words", 'write ["All"]', words)
            return
        for index, word in enumerate(words):
            yield from fields.choice(f"{path}[{index}]", word, OVERRIDES)
        if len(words) > 1 and {"All", "None"} & set(map(str, words)):
            yield Problem(path, "must hold All or None alone", "remove the others", words)
        found = guards.guards(folder, guards.HTACCESS, self.roots)
        if found and not words:
            rule = f"is not given, and Apache would ignore {guards.listed(found)}"
            yield Problem(path, rule, 'give ["All"], or the words of what they may say; ["None"] to have them ignored')

    def _check_virtual_hosts(self, path: str, folder: Folder) -> Iterator[Problem]:
        if not isinstance(self.virtual_hosts, dict):
            rule, remedy = "must be a dict of names to folders", 'write {"www.example.com": "www"}'
            yield Problem(path, rule, remedy, self.virtual_hosts)
            return
        for name, root in self.virtual_hosts.items():
            where = f"{path}[{name!r}]"
            yield from fields.text(where, name, fields.HOST_NAME, "a host name such as www.example.com")
            if root != ".":
                yield from fields.text(where, f"/{root}", fields.FILE_PATH, "a folder of the application")
            if not folder.trouble and not folder.holds(root):
                yield Problem(where, "is no folder of the application", f"make it in {folder.path}", root)
        if len({str(name).lower() for name in self.virtual_hosts}) < len(self.virtual_hosts):
            yield Problem(path, "names one name twice", "remove one", sorted(self.virtual_hosts))


def _check_php_value(path: str, values: object) -> Iterator[Problem]:
    if not isinstance(values, dict):
        yield Problem(path, "must be a dict of settings to texts", 'write {"session.name": "PHPSESSID"}', values)
        return
    for name, value in values.items():
        yield from fields.text(f"{path}[{name!r}]", name, SETTING, "a setting of PHP such as session.name")
        shape = "one line of letters, digits, spaces and marks, without quotes, '$', '%', '{', '\\', '@@'"
        yield from fields.text(f"{path}[{name!r}]", value, VALUE, shape)
