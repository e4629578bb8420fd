"""keepalived: a reload with a broken file ends it and leaves its VIPs behind, so nothing unchecked is ever reloaded."""

import os
import re
import signal
import typing

from .. import vrrp
from ..bundle import Json, required, rules
from ..disk import files, tracks
from ..disk.lock import held
from ..errors import StepFailed
from ..supervisor import Mark, Program
from .base import Daemon

# keepalived 2.2.7 ends its own check by this signal where scripts run as a user other than root (its issue 2587).
TERMINATED = 143
TRACK_FILE = re.compile(r"^\s*file (\S+)", re.MULTILINE)
Answer = typing.TypeVar("Answer")
ADVICE = "  exit 143 on a good file: keepalived before 2.2.8 needs `script_user root` (its issue 2587)"


class Keepalived(Daemon):
    """The proof is ``router_id`` in what the running process says of itself on SIGUSR1, and one holder of each VIP."""

    config: str = required(rules.path)
    instances: typing.Mapping[str, Json] = required(rules.instances)
    source: str = required(rules.address)
    peer: str = required(rules.address)
    advert_int: float = required(rules.seconds)

    @property
    def patience(self) -> float:
        """Seconds until it must have proved itself; with adverts of 1 s, a lone host takes a VIP after 4 s."""
        return 15

    def check(self, release: str) -> None:
        """Run ``keepalived -t``; it passes a file that is not there, so that is looked at first."""
        config = release + self.config
        result = self.machine.attempt(["keepalived", "-t", "-f", config])
        if not os.path.isfile(config):
            result.status, result.words = 1, "no such file"
        if result.status == TERMINATED:
            result.words += "\n" + ADVICE
        if result.status != 0 or "vrrp_instance" not in files.text(config):
            self.refuse(result)

    def program(self) -> Program:
        """Run in the foreground, with pid files that nobody else reads: it refuses to start where it finds an old one.

        ``nice`` is for hosts whose kernel keeps real time, which the watchdog gives, from a container; where it is
        refused as well, keepalived starts all the same.
        """
        pids = ["-p", self._folder + "/parent.pid", "-r", self._folder + "/vrrp.pid"]
        command = ["nice", "-n", "-20", "keepalived", "-n", "-l", "-G"]
        command += [*pids, "-f", self.current + self.config]
        return Program(
            ["sh", "-c", 'rm -f "$TMPDIR"/*.pid; exec "$@"', "keepalived", *command],
            stop_signal="TERM",
            variables={"TMPDIR": self._folder},
            directories=[self._folder],
            vips=vrrp.vips(self.service),
            health=False,
        )

    def serving(self) -> typing.Optional[str]:
        """Return the digest that it wrote into its dump."""
        return self._asked(self._router_id)

    def states(self) -> typing.Dict[str, str]:
        """Return what it says each instance is: MASTER, BACKUP or FAULT; nothing where it says nothing."""
        return self._asked(self._states) or {}

    def is_healthy(self) -> bool:
        """Tell whether exactly one host holds each VIP."""
        return vrrp.are_held_once(self.machine, self.service)

    def prove(self, digest: str, mark: Mark) -> None:
        """As every daemon; but while something of the program's own fails here, there need be no VIP."""
        try:
            super().prove(digest, mark)
        except StepFailed:
            if self.serving() != digest or not self.is_kept_back():
                raise

    def is_kept_back(self) -> bool:
        """Tell whether no VIP is on two hosts, and none here since a track of the program says so."""
        tracked = TRACK_FILE.findall(files.text(self.current + self.config))
        faults = set(self.states().values()) == {"FAULT"} and tracks.are_well(tracked)
        return faults and all(len(names) <= 1 for names in vrrp.all_holders(self.machine, self.service).values())

    def ailment(self) -> str:
        """Return who holds the VIPs."""
        return vrrp.describe(self.machine, self.service)

    def reload(self) -> None:
        """Send SIGHUP, after one more check of the very file that it will read."""
        self.check(self.current)
        self.supervisor.signal(self.name, signal.SIGHUP)

    @property
    def _folder(self) -> str:
        return self.run + "/keepalived"

    @property
    def _dump(self) -> str:
        return self._folder + "/keepalived.data"

    def _asked(self, read: typing.Callable[[typing.List[str]], Answer]) -> typing.Optional[Answer]:
        """Have it write down what it runs, and ``read`` those lines until something is there.

        One asks at a time (a push, a peer's question, `status`): there is one place where it writes.
        """
        if self.supervisor.pid(self.name) is None:
            return None
        with held(f"{self.run}/{self.name}.asked", "the question", patient=True):
            files.remove(self._dump)
            self.supervisor.signal(self.name, signal.SIGUSR1)
            self.machine.wait(lambda: bool(read(self._lines())), timeout=1, step=0.01)
            return read(self._lines())

    def _lines(self) -> typing.List[str]:
        return files.text(self._dump).split("\n")[:-1]  # the last one may still be under way

    @staticmethod
    def _router_id(dump: typing.List[str]) -> typing.Optional[str]:
        return next((value for key, value in _entries(dump) if key == "Router ID"), None)

    def _states(self, dump: typing.List[str]) -> typing.Dict[str, str]:
        """Return the first state after each instance's name, once all are there."""
        states: typing.Dict[str, str] = {}
        instance = ""
        for key, value in _entries(dump):
            if key == "VRRP Instance":
                instance = value
            elif key == "State" and instance:
                states.setdefault(instance, value)
        return states if {each.name for each in vrrp.instances(self.service)} <= set(states) else {}


def _entries(dump: typing.List[str]) -> typing.Iterator[typing.Tuple[str, str]]:
    for line in dump:
        key, _, value = line.partition(" = ")
        yield key.strip(), value.strip()
