"""Any program that answers HTTP."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

from hacomponents.errors import Problem
from hacomponents.topology import fields
from hacomponents.topology.server.base import Server

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from hacomponents.topology.server.folder import Folder

WORD = re.compile(r"(?!.*@@)[^\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]{1,1000}")
# Stands for the path of a file that holds a secret.
FILE = re.compile(fields.PLACEHOLDER.pattern.replace("@@", "@@file:", 1))
STOP_SIGNALS = ("TERM", "QUIT", "INT", "USR1", "USR2", "HUP")


@dataclass(frozen=True)
class Command(Server):
    """An application that is a program of its own.

    It finds its address in the environment as HOST and its port as PORT, runs as www-data in the folder of the
    application, and may write in /var/lib/NAME.

    Args:
        app: local folder or a `Git`; its files travel in the bundle.
        start: the program and its arguments, in the foreground; no shell reads them.
        port: where it answers. Default: 8080.
        health: path that answers 2xx when the application can serve. Default: /up.
        health_timeout: seconds that it may take to start. Default: 60.
        stop_signal: on which it finishes its requests and ends, within 15 s. Default: TERM.
        concurrency: requests that it works on at a time, 1 to 65535. Default: 1.
        packages: Debian packages of the program and the application. Default: none.
        env: environment variables. Default: none.
        secret_env: environment variables whose values are secrets. Default: none.
        secrets: by name; what `@@NAME@@` in a value of `env` stands for, and what the file holds whose path
            `@@file:NAME@@` in `start` stands for, since a list of processes shows arguments. Default: none.
    """

    start: tuple[str, ...] = field(kw_only=True)
    stop_signal: str = "TERM"
    concurrency: int = 1

    daemon: ClassVar[str] = "command"

    @property
    def reads_htaccess(self) -> bool:
        """It may be an Apache of one's own."""
        return True

    @property
    def secret_files(self) -> Mapping[str, Sequence[str]]:
        """Those whose paths are arguments."""
        words = self.start if isinstance(self.start, tuple) else ()
        return {f"start[{index}]": FILE.findall(word) for index, word in enumerate(words) if isinstance(word, str)}

    def check_settings(self, path: str, folder: Folder) -> Iterator[Problem]:
        """Rules of the command."""
        del folder
        yield from fields.choice(f"{path}.stop_signal", self.stop_signal, STOP_SIGNALS)
        yield from fields.integer(f"{path}.concurrency", self.concurrency, 1, 65535)
        if not isinstance(self.start, tuple) or not self.start:
            yield Problem(f"{path}.start", "must be a tuple of words", 'write ("node", "server.js")', self.start)
            return
        for index, word in enumerate(self.start):
            yield from _check_word(f"{path}.start[{index}]", word)


def _check_word(path: str, word: object) -> Iterator[Problem]:
    bare = FILE.sub("x", word) if isinstance(word, str) else word
    if isinstance(bare, str) and fields.PLACEHOLDER.search(bare):
        rule = "must not hold a secret itself: a list of processes would show it to everybody on the host"
        remedy = "write @@file:NAME@@, the path of a file with it, or put it into env"
        yield Problem(path, rule, remedy, word)
    elif not isinstance(bare, str) or WORD.fullmatch(bare) is None:
        shape = "must be text of one line, with '@@' only as @@file:NAME@@, the path of a file with a secret"
        yield Problem(path, shape, "change it to that shape", word)
