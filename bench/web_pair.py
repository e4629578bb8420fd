"""An nginx pair as the library makes it, without Pulumi, and every move of its VIP."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import threading
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import IO, TYPE_CHECKING, Any, cast

from bench import moves, ours
from bench.images import role_image
from hacomponents.render import bundle_of
from hacomponents.testing import HostHandle, PairUnderTest, eventually
from hacomponents.testing.docker import docker, inspect
from hacomponents.topology import pair as topology
from hacomponents.topology.app import App
from hacomponents.topology.firewall import Firewall
from hacomponents.topology.network import Host, Network
from hacomponents.topology.reverse_proxy import ReverseProxy, VirtualHost
from hacomponents.topology.server import Folder, Thin
from hacomponents.topology.site import Site
from hacomponents.topology.vip import Vip, Vrrp3

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from types import TracebackType
    from typing import Self

VIP = 40
AGENT_CHECK = 8011
"""Where the agent of a host says what its keepalived is."""
READY = 60.0
"""Seconds until a host is fit to take the VIP again."""
END = "--end--"
BUSY = "while :; do :; done"


@dataclass
class Moves:
    """Events of `bench.moves`, as they come."""

    events: list[dict[str, Any]] = field(default_factory=list)
    _changed: threading.Condition = field(default_factory=threading.Condition)

    def clear(self) -> None:
        """Forget those so far."""
        with self._changed:
            self.events.clear()

    def read(self, lines: Iterable[str]) -> None:
        """Add one for each line, until they end."""
        for line in lines:
            with self._changed:
                self.events.append(json.loads(line))
                self._changed.notify_all()

    def times(self, host: HostHandle, what: str) -> list[float]:
        """When something happened to a host, so far."""
        with self._changed:
            return [event["at"] for event in self.events if (event["host"], event["what"]) == (host.name, what)]

    def first(self, host: HostHandle, what: str, *, within: float = 10, **more: int) -> float:
        """When something first happened to a host; waits for it."""

        def found() -> list[float]:
            wanted = {"host": host.name, "what": what, **more}
            return [event["at"] for event in self.events if wanted.items() <= event.items()]

        with self._changed:
            if not self._changed.wait_for(found, within):
                message = f"{host.name}: not {what} within {within:g} s"
                raise AssertionError(message)
            return found()[0]


class Shell:
    """A shell on a host, which stays: to start one costs a busy machine a second.

    Args:
        host: where it runs.
    """

    def __init__(self, host: HostHandle) -> None:
        command = ["docker", "exec", "--interactive", host.name, "sh"]
        self._process = _talking_to(command)

    def __enter__(self) -> Self:
        """It runs already."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End it."""
        self._process.communicate()

    def run(self, script: str) -> str:
        """Run a line to its end, whatever its exit status; its output."""
        _input(self._process).write(f"{{ {script}; }} </dev/null; echo; echo {END}\n")
        return "".join(iter(_output(self._process).readline, f"{END}\n")).rstrip("\n")


@dataclass
class WebPair:
    """Two hosts with nginx and a VIP.

    Args:
        network: of Docker, made and removed.
        cidr: its IPv4 subnet.
    """

    network: str
    cidr: str

    @property
    def net(self) -> Network:
        """As the library sees it; whoever measures asks the agents."""
        return Network(self.network, self.cidr, firewall=Firewall(management=(self.cidr,)))

    @property
    def hosts(self) -> tuple[Host, Host]:
        """As the library sees them."""
        first, second = (Host(f"web-{number}", self.net.address(VIP + number)) for number in (1, 2))
        return first, second

    @property
    def pair(self) -> PairUnderTest:
        """The containers."""
        first, second = (HostHandle(f"{self.network}-{host.name}") for host in self.hosts)
        return PairUnderTest((first, second), self.net.address(VIP))

    def site(self, vrrp: Vrrp3) -> Site:
        """What is pushed. The application is not there: nginx is well without it."""
        app = App("app", (Host("app-1", self.net.address(9)),), Thin("app"), Folder("app", {"config.ru": b""}))
        vip = Vip(self.pair.vip, vrrp=vrrp)
        proxy = ReverseProxy("web", self.hosts, (VirtualHost("web", app),), vip)
        return Site(self.network, self.net, (app, proxy, topology.Pair("web-vip", self.hosts, vip)))

    def push(self, vrrp: Vrrp3, hosts: Sequence[int] = (1, 0)) -> None:
        """Push to the hosts, the second one first, as `pulumi up` does."""
        site = self.site(vrrp)
        for number in hosts:
            ours.push(self.pair.hosts[number], self.hosts[number], site)

    def is_standby(self, handle: HostHandle) -> bool:
        """Whether keepalived on a host says that it is a BACKUP."""
        host = self.hosts[self.pair.hosts.index(handle)]
        try:
            with socket.create_connection((host.address, AGENT_CHECK), 1) as asked:
                asked.sendall(b"vrrp\n")
                return asked.recv(16) == b"BACKUP\n"
        except OSError:
            return False

    @contextmanager
    def up(self, vrrp: Vrrp3) -> Iterator[None]:
        """Bring it up, and take it away again."""
        docker("network", "create", "--subnet", self.cidr, self.network)
        try:
            packages = bundle_of(self.site(vrrp), self.hosts[0]).packages
            image = role_image("web", packages)
            for handle, host in zip(self.pair.hosts, self.hosts, strict=True):
                ours.start(handle, host, self.network, image)
            self.push(vrrp)
            eventually(partial(self.is_standby, self.pair.standby), within=READY)
            yield
        finally:
            docker("rm", "--force", *(handle.name for handle in self.pair.hosts))
            docker("network", "rm", self.network)

    @contextmanager
    def shells(self) -> Iterator[dict[str, Shell]]:
        """A shell on each host, by the container's name."""
        with ExitStack() as stack:
            yield {host.name: stack.enter_context(Shell(host)) for host in self.pair.hosts}

    @contextmanager
    def watched(self) -> Iterator[Moves]:
        """Every event from now on, for as long as both hosts run."""
        hosts = {handle.name: int(inspect(handle.name, "{{.State.Pid}}")) for handle in self.pair.hosts}
        command = [sys.executable, moves.__file__, json.dumps({"hosts": hosts, "vip": self.pair.vip})]
        seen = Moves()
        with _talking_to(command) as listener:
            if _output(listener).readline() != "running\n":
                message = "no events without root"
                raise AssertionError(message)
            reader = threading.Thread(target=seen.read, args=(_output(listener),))
            reader.start()
            try:
                yield seen
            finally:
                _input(listener).close()
                reader.join()


def _talking_to(command: list[str]) -> subprocess.Popen[str]:
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1)


def _input(process: subprocess.Popen[str]) -> IO[str]:
    return cast("IO[str]", process.stdin)


def _output(process: subprocess.Popen[str]) -> IO[str]:
    return cast("IO[str]", process.stdout)


@contextmanager
def busy(processes: int) -> Iterator[None]:
    """So many processes that never wait."""
    started = [subprocess.Popen(["sh", "-c", BUSY]) for _ in range(processes)]
    try:
        yield
    finally:
        for process in started:
            process.kill()
            process.wait()
