"""Hosts under test, and what can be done to them."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Literal

from hacomponents.testing.docker import docker, image, inspect
from hacomponents.testing.poll import eventually

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

Direction = Literal["in", "out", "both"]
TABLE = "hacomponents_testing"
STOPPING = 60  # seconds for a service that finishes what it has begun
# Where the link is, so that raw packets (VRRP, gratuitous ARP) are lost as well; Linux 5.16 or later.
HOOKS: dict[Direction, str] = {"in": "ingress", "out": "egress"}


@dataclass(frozen=True)
class HostHandle:
    """A host that is a container.

    Args:
        name: of the container.
    """

    name: str

    @property
    def address(self) -> str:
        """Its own IPv4 address, while it runs."""
        return inspect(self.name, "{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}")

    @property
    def mac(self) -> str:
        """Its MAC address, while it runs."""
        return inspect(self.name, "{{range .NetworkSettings.Networks}}{{.MacAddress}}{{end}}")

    def exec(self, *command: str, stdin: str = "") -> str:
        """Run a command on the host; its output. Raises `DockerError` if it fails."""
        return docker("exec", "--interactive", self.name, *command, stdin=stdin)

    def kill(self) -> None:
        """Cut its power: nothing on it gets a signal that it could answer."""
        docker("kill", "--signal", "KILL", self.name)

    def start(self) -> None:
        """Give it power again, after `kill` or `stop`."""
        docker("start", self.name)

    def stop(self) -> None:
        """Shut it down in order."""
        docker("stop", self.name)

    def pause(self) -> None:
        """Freeze all its processes; its kernel goes on, and answers ARP, which that of a frozen machine does not."""
        docker("pause", self.name)

    def unpause(self) -> None:
        """Let them go on."""
        docker("unpause", self.name)

    def block(self, direction: Direction = "both") -> None:
        """Cut it off the network, as a broken switch does: the link stays up, packets and ARP are lost.

        Args:
            direction: what is lost: what comes `in`, what goes `out`. Default: both.
        """
        lost = HOOKS.values() if direction == "both" else [HOOKS[direction]]
        self._nft(*(_chain(hook, "drop") for hook in lost))

    def ignore(self, other: HostHandle) -> None:
        """Lose all that comes from another host, also in the name of a VIP; the rest passes."""
        hook = HOOKS["in"]
        self._nft(_chain(hook, "accept"), f"add rule netdev {TABLE} {hook} ether saddr {other.mac} drop")

    def unblock(self) -> None:
        """Let packets pass again, after `block` or `ignore`."""
        self._nft(f"delete table netdev {TABLE}")

    def processes(self, pattern: str) -> list[int]:
        """Process ids on the host, oldest first, of which this extended regular expression matches the command line."""
        script = (
            'for process in /proc/[0-9]*; do tr "\\0" " " <"$process/cmdline" | grep -Eq -- "$PATTERN"'
            ' && echo "${process#/proc/}"; done 2>/dev/null; true'
        )
        found = docker("exec", "--env", f"PATTERN={pattern}", self.name, "sh", "-c", script)
        return sorted(map(int, found.split()))

    def kill_process(self, pattern: str, signal: str = "KILL") -> None:
        """Send a signal to all processes of which this extended regular expression matches the command line.

        Raises:
            AssertionError: there is none.
        """
        processes = self.processes(pattern)
        if not processes:
            message = f"{self.name}: no process matches {pattern!r}"
            raise AssertionError(message)
        # One that has ended by itself meanwhile, as workers do without their master, is none that was missed.
        signals = " ".join(f"kill -s {signal} {process};" for process in processes)
        self.exec("sh", "-c", f"{{ {signals} }} 2>/dev/null; true")

    def limit_open_files(self, pattern: str, most: int | None = None) -> None:
        """Let processes (see `kill_process`) have so many files and connections open; more than that fails, by EMFILE.

        Args:
            pattern: of the command lines.
            most: how many. Default: what their hard limit allows, which undoes a lower one.
        """
        limit = most or "$(awk '/^Max open files/ { print $5 }' /proc/$process/limits)"
        # As its own user: root may not without CAP_SYS_RESOURCE.
        user = '$(awk \'/^Uid:/ { print "--reuid=" $2 } /^Gid:/ { print "--regid=" $2 }\' /proc/$process/status)'
        command = f"setpriv {user} --clear-groups prlimit --pid $process --nofile={limit}:"
        processes = " ".join(map(str, self.processes(pattern)))
        self.exec("sh", "-c", f"for process in {processes}; do {command} || exit; done")

    @contextmanager
    def without(self, *services: str) -> Iterator[None]:
        """Services are stopped in order, and down while the context lasts; at its end they are asked for again.

        Args:
            services: names that the supervisor has for them, such as `thin-3000`.
        """
        self._sv("down", services)
        try:
            # `sv stop` would wait as well, but for seven seconds only.
            eventually(partial(self._are_down, services), within=STOPPING)
            yield
        finally:
            self._sv("up", services)

    def holds(self, vip: str) -> bool:
        """Whether an address is on one of its interfaces."""
        return bool(self.exec("ip", "-oneline", "address", "show", "to", vip))

    @property
    def running(self) -> bool:
        """Whether it has power."""
        return inspect(self.name, "{{.State.Running}}") == "true"

    def _sv(self, verb: str, services: Iterable[str]) -> str:
        return self.exec("sv", verb, *(f"/etc/service/{service}" for service in services))

    def _are_down(self, services: Sequence[str]) -> bool:
        """The services have ended."""
        return all(line.startswith("down:") for line in self._sv("status", services).splitlines())

    def _nft(self, *rules: str) -> None:
        """In the host's network namespace, by a helper: the host itself may be frozen, or have no nftables."""
        text = "\n".join([f"add table netdev {TABLE}", *rules, ""])
        docker("run", "--rm", "--interactive", "--network", f"container:{self.name}", "--cap-add", "NET_ADMIN",
               image(), "nft", "--file", "-", stdin=text)  # fmt: skip


def _chain(hook: str, policy: str) -> str:
    return f"add chain netdev {TABLE} {hook} {{ type filter hook {hook} device eth0 priority 0; policy {policy}; }}"


@dataclass(frozen=True)
class PairUnderTest:
    """Two hosts and the VIP that one of them holds.

    Args:
        hosts: in the order of the program.
        vip: the virtual address.
    """

    hosts: tuple[HostHandle, HostHandle]
    vip: str

    @property
    def holder(self) -> HostHandle:
        """The one that holds the VIP; waits 10 s for there to be exactly one."""
        return eventually(self._holders)[0]

    @property
    def standby(self) -> HostHandle:
        """The other one."""
        holder = self.holder
        return next(host for host in self.hosts if host != holder)

    def split(self) -> None:
        """Cut each host off from the other one; everybody else still reaches both."""
        first, second = self.hosts
        first.ignore(second)
        second.ignore(first)

    def join(self) -> None:
        """End the split."""
        for host in self.hosts:
            host.unblock()

    def _holders(self) -> list[HostHandle]:
        """Exactly one host holds the VIP."""
        holders = [host for host in self.hosts if host.running and host.holds(self.vip)]
        if len(holders) != 1:
            message = f"{self.vip} is on {[host.name for host in holders]}"
            raise AssertionError(message)
        return holders
