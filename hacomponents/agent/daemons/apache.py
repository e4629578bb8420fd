"""Apache: its parent reads the new files on SIGUSR1; processes that serve a request finish it first."""

import os
import signal
import typing

from ..bundle import optional, required, rules
from ..errors import StepFailed
from ..supervisor import Mark, Program
from .balanced import Balanced

GOOD = "Syntax OK"
OK = 200
DENIED = (401, 403)  # an address where nobody gets anything


class Apache(Balanced):
    """The proof is a file with the digest, which Apache sends from the release that it has read."""

    config: str = required(rules.path)
    pid_file: str = required(rules.socket_path)
    release: str = required(rules.url)  # answers with the digest
    port: int = required(rules.port)
    overrides: typing.Mapping[str, str] = optional(rules.urls, {})  # each `.htaccess`, and where it is in force
    owner: typing.Optional[str] = optional(rules.user)

    def check(self, release: str) -> None:
        """Run ``apache2 -t``, with each ``.htaccess``, which it would read at a request; a warning is a refusal too."""
        command = ["apache2", "-t", "-f", release + self.config]
        for path in sorted(self.overrides):
            lines = (f'<Directory "{release}{os.path.dirname(path)}">', f'Include "{release}{path}"', "</Directory>")
            command += [word for line in lines for word in ("-c", line)]
        result = self.machine.attempt(command)
        if result.status != 0 or result.words.strip() != GOOD:
            self.refuse(result)

    def program(self) -> Program:
        """Run in the foreground; SIGWINCH lets requests finish. A pid file that was left behind may name anybody."""
        command = ["apache2", "-f", self.current + self.config, "-DFOREGROUND"]
        return Program(
            ["sh", "-c", 'rm -f "$0"; exec "$@"', self.pid_file, *command],
            stop_signal="WINCH",
            environment=self.environment_folder,
            directories=self.writable,
            owner=self.owner,
            all_ends=True,
        )

    def prove(self, digest: str, mark: Mark) -> None:
        """As every daemon; then it must be able to read each ``.htaccess``, or it answers 500 below it."""
        super().prove(digest, mark)
        overrides = sorted(self.overrides.items())
        unread = [path for path, url in overrides if self.machine.get(url)[0] not in DENIED]
        if unread:
            raise StepFailed(f"{self.name} does not take {', '.join(unread)}", self.words_since(mark))

    def serving(self) -> typing.Optional[str]:
        """Ask for the file."""
        status, body = self.machine.get(self.release)
        return body.strip() if status == OK else None

    def reload(self) -> None:
        """Send SIGUSR1; the parent ends if it cannot read the new files, and its supervisor starts it anew."""
        self.supervisor.signal(self.name, signal.SIGUSR1)
