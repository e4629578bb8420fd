"""The site of the Rails article, set up as its reader would: plain daemons, no supervisor, no agent."""

from __future__ import annotations

import ipaddress
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bench.article import settings
from hacomponents.testing import HostHandle, PairUnderTest
from hacomponents.testing.docker import docker

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import TracebackType
    from typing import Self

# As on our hosts: VIPs, raw VRRP packets and gratuitous ARP; /run is empty after a start, as a machine's is.
MACHINE = ("--init", "--cap-add", "NET_ADMIN", "--cap-add", "NET_BROADCAST", "--cap-add", "NET_RAW",
           "--sysctl", "net.ipv4.ip_nonlocal_bind=1", "--tmpfs", "/run")  # fmt: skip
DAEMONS = {"web": "nginx", "lb": "haproxy -W -D -p /run/haproxy.pid -f /etc/haproxy/haproxy.cfg"}
CONFIG = {"web": "/etc/nginx/nginx.conf", "lb": "/etc/haproxy/haproxy.cfg"}
RELOAD = {"web": "nginx -s reload", "lb": "kill -USR2 $(cat /run/haproxy.pid)"}
STATES = (("MASTER", 150), ("BACKUP", 100))
OFFSETS = {"web": 10, "lb": 20, "app": 30}


@dataclass(frozen=True)
class ArticleSite:
    """Two nginx and two haproxy hosts, each pair with its VIP, on a network of their own.

    Use it as a context manager: all of it is removed at the end.

    Args:
        name: of the network; the hosts' names begin with it.
        cidr: IPv4 subnet of the network.
        images: "web" and "lb" to the image of their hosts, with the daemons in it.
    """

    name: str
    cidr: str
    images: Mapping[str, str]

    def __enter__(self) -> Self:
        """Create and start everything."""
        spare = str(list(ipaddress.IPv4Network(self.cidr).subnets(prefixlen_diff=4))[-1])
        docker("network", "create", "--subnet", self.cidr, "--ip-range", spare, self.name)
        for tier in DAEMONS:
            for number in (1, 2):
                self._start(tier, number)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Remove everything."""
        docker("rm", "--force", *(host.name for pair in (self.web, self.lb) for host in pair.hosts))
        docker("network", "rm", self.name)

    @property
    def web(self) -> PairUnderTest:
        """The nginx hosts."""
        return self._pair("web")

    @property
    def lb(self) -> PairUnderTest:
        """The haproxy hosts."""
        return self._pair("lb")

    @property
    def app(self) -> str:
        """Where the balancers look for the five servers, on ports 3000 to 3004; the caller may put them there."""
        return self._address(OFFSETS["app"])

    def push(self, tier: str, note: str) -> None:
        """Change a tier's configuration on both hosts by a comment, and have it reloaded."""
        for host in self._pair(tier).hosts:
            host.exec("sh", "-c", f"echo '# {note}' >> {CONFIG[tier]} && {RELOAD[tier]}")

    def _start(self, tier: str, number: int) -> None:
        name, address = f"{self.name}-{tier}-{number}", self._address(OFFSETS[tier] + number)
        start = f"{DAEMONS[tier]}; keepalived; exec sleep infinity"
        docker("create", "--name", name, "--hostname", f"{tier}-{number}", "--network", self.name, "--ip", address,
               *MACHINE, self.images[tier], "sh", "-c", start)  # fmt: skip
        state, priority = STATES[number - 1]
        router_id = 51 + list(DAEMONS).index(tier)
        keepalived = settings.keepalived(state, priority, router_id, self._pair(tier).vip)
        _put(name, "/etc/keepalived/keepalived.conf", keepalived)
        _put(name, CONFIG[tier], settings.nginx(self.lb.vip) if tier == "web" else settings.haproxy(self.app))
        docker("start", name)

    def _pair(self, tier: str) -> PairUnderTest:
        first, second = (HostHandle(f"{self.name}-{tier}-{number}") for number in (1, 2))
        return PairUnderTest((first, second), self._address(OFFSETS[tier]))

    def _address(self, offset: int) -> str:
        return str(ipaddress.IPv4Network(self.cidr)[offset])


def _put(container: str, path: str, text: str) -> None:
    """Write a file into a container that need not run."""
    with tempfile.NamedTemporaryFile("w") as file:
        file.write(text)
        file.flush()
        Path(file.name).chmod(0o644)
        docker("cp", file.name, f"{container}:{path}")
