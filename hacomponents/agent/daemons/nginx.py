"""nginx: its master reads the new files on SIGHUP and starts new workers; the old ones finish what they have."""

import signal
import typing

from ..bundle import required, rules
from ..supervisor import Mark, Program
from .answering import Answering

LEAVING = "is shutting down"
RETRIED = "bind() to"  # five times, for 2.5 s; then it "still could not bind()", or goes on after all
COMPLAINTS = ("[warn]", "[alert]", "[emerg]", "[crit]", "[error]")
OK = 200


class Nginx(Answering):
    """The proof is a loopback location that answers with the digest, asked when no old worker accepts any more."""

    config: str = required(rules.path)
    release: str = required(rules.url)  # answers with the digest

    def check(self, release: str) -> None:
        """Run ``nginx -t``; a warning is a refusal too."""
        result = self.machine.attempt(["nginx", "-t", "-c", release + self.config])
        if result.status != 0 or any(word in result.words for word in COMPLAINTS):
            self.refuse(result)

    def program(self) -> Program:
        """Run in the foreground; SIGQUIT lets requests finish."""
        config = self.current + self.config
        return Program(["nginx", "-c", config, "-g", "daemon off;"], stop_signal="QUIT")

    def serving(self) -> typing.Optional[str]:
        """Ask the loopback location."""
        status, body = self.machine.get(self.release)
        return body.strip() if status == OK else None

    def reload(self) -> None:
        """Send SIGHUP, and wait until the workers of before accept no new connection."""
        before = self._workers(leaving=False)
        self.signal(signal.SIGHUP, lambda: not before & self._workers(leaving=False), self._has_failed)

    def finish(self, seconds: float) -> None:
        """Leave what is under way to the workers of before, which close idle connections at once; then end them."""
        self.reload()
        self.machine.wait(lambda: not self._workers(leaving=True), seconds)
        for worker in self._workers(leaving=True):
            self.machine.signal(worker, signal.SIGTERM)

    def _has_failed(self, mark: Mark) -> bool:
        lines = self.supervisor.words_since(self.name, mark).splitlines()
        return any("[emerg]" in line and RETRIED not in line for line in lines)

    def _workers(self, *, leaving: bool) -> typing.Set[int]:
        """Return those that accept connections, or those that only finish what they have."""
        pid = self.supervisor.pid(self.name)
        workers = self.machine.children(pid) if pid else {}
        return {pid for pid, title in workers.items() if "worker process" in title and (LEAVING in title) == leaving}
