"""haproxy: its master starts a new worker on SIGUSR2, which takes the listening sockets over from the old one."""

import re
import signal
import typing

from ..bundle import required, rules
from ..disk import files
from ..supervisor import Program
from .answering import Answering

# Of `show proc`: reloads in all, and those that failed since the last that did not.
RELOADS = re.compile(r"^\d+\s+master\s+(\d+)(?:\s+\[failed: (\d+)\])?", re.MULTILINE)
BIND = re.compile(r"^\s*bind (\S*):(\d+)(?:\s|$)", re.MULTILINE)
# A worker that the last reload brought. After one that failed there is none: the old one goes on.
NEW_WORKER = re.compile(r"^# workers\n\d", re.MULTILINE)


class Haproxy(Answering):
    """The proof is ``description`` in ``show info`` on the statistics socket: the worker that listens there answers."""

    config: str = required(rules.path)
    socket: str = required(rules.socket_path)

    def check(self, release: str) -> None:
        """Run ``haproxy -c``; a warning is a refusal too (``-c`` itself passes with warnings)."""
        result = self.machine.attempt(["haproxy", "-c", "-f", release + self.config])
        if result.status != 0 or "[WARNING]" in result.words or "[ALERT]" in result.words:
            self.refuse(result)
        taken = list(self._taken(files.text(release + self.config)))
        if taken:
            result.status, result.words = 1, "\n".join(taken)
            self.refuse(result)

    def _taken(self, config: str) -> typing.Iterator[str]:
        """Yield the ports that others have: a reload that waits for one pauses every frontend, for 10 s."""
        others = [each for each in self.machine.listeners() if each.program != self.service.kind]
        for address, port in BIND.findall(config):
            for other in others:
                if other.port == int(port) and _is_met(address.strip("[]"), other.address):
                    who = f"{other.program} listens on {other.address}:{port}"
                    yield f"{address}:{port} is taken: {who}; take another port, or free it by an `up` of its own"

    def program(self) -> Program:
        """Run a master in the foreground; SIGUSR1 lets sessions finish."""
        command = ["haproxy", "-Ws", "-S", f"{self._master},level,admin,mode,600"]
        command += ["-f", self.current + self.config]
        folder = self.socket.rpartition("/")[0]
        return Program(command, stop_signal="USR1", directories=[folder])

    def serving(self) -> typing.Optional[str]:
        """Ask the statistics socket."""
        return self._info("description")

    def reload(self) -> None:
        """Send SIGUSR2 to the master, and wait for a new worker; when it fails, the old worker goes on."""
        before, reloads = self._info("Pid"), self._reloads()
        self.signal(
            signal.SIGUSR2, lambda: self._info("Pid") not in (None, before), lambda _: self._has_failed(reloads)
        )

    def finish(self, seconds: float) -> None:
        """Leave what is under way to the worker of before, which ends with its last connection, or is ended.

        It closes a connection with the next answer. One that is idle is never asked again on a quiet site, so after
        half of the time it is enough that nothing is under way.
        """
        before = int(self._info("Pid") or 0)
        self.reload()
        if before and not self.machine.wait(lambda: self.machine.process(before) is None, seconds / 2):
            self.machine.wait(lambda: not self._is_busy(before), seconds / 2)
            self.machine.signal(before, signal.SIGTERM)

    def _is_busy(self, worker: int) -> bool:
        """Tell whether requests are queued (field 2) or served (4) by ``worker``, which may be leaving."""
        rows = self.machine.ask(self._master, f"@!{worker} show stat -1 2 -1;quit").splitlines()
        return any(row.split(",")[2] != "0" or row.split(",")[4] != "0" for row in rows if ",BACKEND," in row)

    @property
    def _master(self) -> str:
        return f"{self.run}/{self.name}.master"

    def _has_failed(self, before: typing.Tuple[int, int]) -> bool:
        """Tell whether a reload since ``before`` has failed; 3.2 counts the first of several in a row alone."""
        said = self._processes()
        reloads, failed = _counts(said)
        return failed > before[1] or (reloads > before[0] and failed > 0 and not NEW_WORKER.search(said))

    def _reloads(self) -> typing.Tuple[int, int]:
        return _counts(self._processes())

    def _processes(self) -> str:
        return self.machine.ask(self._master, "show proc;quit")

    def _info(self, field: str) -> typing.Optional[str]:
        for line in self.machine.ask(self.socket, "show info").splitlines():
            key, _, value = line.partition(": ")
            if key == field:
                return value.strip()
        return None


def _is_met(address: str, other: str) -> bool:
    """Tell whether sockets on the two addresses would meet; `*` is every address of both families."""
    both = {address or "0.0.0.0", other}  # noqa: S104  # what haproxy means by none
    if "*" in both or len(both) == 1:
        return True
    families = {":" in each for each in both}
    return len(families) == 1 and not both.isdisjoint({"0.0.0.0", "::"})  # noqa: S104  # as above


def _counts(processes: str) -> typing.Tuple[int, int]:
    """Return how many reloads there were, and how many of the last ones failed; none where nothing is said."""
    found = RELOADS.search(processes)
    return (int(found.group(1)), int(found.group(2) or 0)) if found else (0, 0)
