"""Tomcat: Java."""

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

CONTEXT = "META-INF/context.xml"
# Options of the JVM that mean nothing to the shell of `catalina.sh`.
OPTION = re.compile(r"-[A-Za-z][A-Za-z0-9:+=._,/@-]{0,255}(?<!@@)")


@dataclass(frozen=True)
class Tomcat(Server):
    """A Java web application (Jakarta EE 9 and later) in Tomcat 10, at the root of the site.

    Args:
        app: local folder of the web application, with its `WEB-INF`, or a `Git`; its files travel in the bundle.
        port: where it answers. Default: 8080.
        health: path that answers 2xx when the application can serve. Default: /.
        health_timeout: seconds that it may take to start. Default: 60.
        max_threads: requests at a time (`maxThreads`), 1 to 1000. Default: 100.
        connection_timeout: seconds for a request to arrive (`connectionTimeout`). Default: 20.
        catalina_opts: options of the JVM. Default: -Xmx256m.
        packages: Debian packages of the application. Default: none.
        env: environment variables. Default: none.
        secret_env: environment variables whose values are secrets. Default: none.
        secrets: what `@@NAME@@` in a value of `env` stands for, by name. Default: none.
    """

    health: str = "/"
    max_threads: int = 100
    connection_timeout: float = 20
    catalina_opts: tuple[str, ...] = ("-Xmx256m",)

    daemon: ClassVar[str] = "tomcat10"
    served: ClassVar[str] = "."

    @property
    def concurrency(self) -> int:
        """One a thread."""
        return self.max_threads

    def check_guards(self, path: str, folder: Folder) -> Iterator[Problem]:
        """As of all servers, and the context, which Tomcat reads only of what it deploys by itself."""
        yield from super().check_guards(path, folder)
        if CONTEXT in folder.files:
            rule = f"has {CONTEXT}, which is not read: whom its valves keep out would come in"
            remedy = "say the same in WEB-INF/web.xml, by filters such as RemoteAddrFilter, and leave the file out"
            yield Problem(path, rule, remedy, folder.path)

    def check_settings(self, path: str, folder: Folder) -> Iterator[Problem]:
        """Rules of Tomcat's own settings."""
        del folder
        yield from fields.integer(f"{path}.max_threads", self.max_threads, 1, 1000)
        yield from fields.seconds(f"{path}.connection_timeout", self.connection_timeout, 0.1, 3600)
        if not isinstance(self.catalina_opts, tuple):
            yield Problem(f"{path}.catalina_opts", "must be a tuple", 'write ("-Xmx256m",)', self.catalina_opts)
            return
        for index, option in enumerate(self.catalina_opts):
            where = f"{path}.catalina_opts[{index}]"
            yield from fields.text(where, option, OPTION, "an option of the JVM such as -Xmx256m")
