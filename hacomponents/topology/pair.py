"""A VIP pair: two hosts, an address, and what must work on the host that holds it."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeAlias

from hacomponents.errors import Problem
from hacomponents.topology import fields
from hacomponents.topology.tier import AGENT_CHECK, Reach
from hacomponents.topology.vip import PAIR, Vip, check_vip

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hacomponents.topology.network import Host, Network
    from hacomponents.topology.tier import Endpoint, Listener, Service

URL = re.compile(r"http://127\.0\.0\.1:[0-9]{1,5}/[A-Za-z0-9._~/-]{0,255}")
PROCESS = re.compile(r"[A-Za-z0-9_.-]{1,15}")


@dataclass(frozen=True)
class Process:
    """Some process of this name runs.

    Args:
        name: as in /proc/PID/comm, 15 characters at most. Seen within 2 s of its end.
    """

    name: str

    def check(self, path: str) -> Iterator[Problem]:
        """Rules of the name."""
        yield from fields.text(f"{path}.name", self.name, PROCESS, "a process name of 15 characters at most")


@dataclass(frozen=True)
class Url:
    """A request to this URL on the host itself is answered by 2xx within 1 s.

    Args:
        url: `http://127.0.0.1:PORT/PATH`. Seen within 3 s of its first failure.
    """

    url: str

    def check(self, path: str) -> Iterator[Problem]:
        """Rules of the URL."""
        yield from fields.text(f"{path}.url", self.url, URL, "a URL such as http://127.0.0.1:8080/health")


Track: TypeAlias = Process | Url


@dataclass(frozen=True)
class Pair:
    """Two hosts that share a VIP, whatever they serve.

    Args:
        name: unique in the site.
        hosts: two.
        vip: the address that moves between them.
        track: what else must work on the host that holds it, beside the services of the tiers there. Default: nothing.
        path: how the program calls the VIP, for messages. Default: NAME.vip.
    """

    name: str
    hosts: tuple[Host, ...]
    vip: Vip
    track: Track | None = None
    path: str = ""

    @property
    def endpoints(self) -> tuple[Endpoint, ...]:
        """None: what the pair serves is not known here."""
        return ()

    @property
    def listeners(self) -> tuple[Listener, ...]:
        """The port of the agent's check, which the peer asks; what the pair serves is not known here."""
        return (replace(AGENT_CHECK, reach=Reach.PEERS),)

    @property
    def services(self) -> tuple[Service, ...]:
        """None of its own: it watches those of every tier on its hosts."""
        return ()

    @property
    def vip_path(self) -> str:
        """How the program calls the VIP."""
        return self.path or f"{self.name}.vip"

    def check(self, network: Network) -> Iterator[Problem]:
        """Rules of the pair, its VIP and what is tracked."""
        if self.hosts and len(self.hosts) != PAIR:
            rule = "a VIP moves between the two hosts of a pair"
            yield Problem(self.vip_path, rule, "give two hosts, or no VIP", len(self.hosts))
        if isinstance(self.vip, Vip):
            yield from check_vip(self.vip, self.vip_path, network)
        else:
            yield Problem(self.vip_path, "must be a Vip", 'write Vip("10.10.0.10")', self.vip)
        if isinstance(self.track, Process | Url):
            yield from self.track.check(f"{self.name}.track")
        elif self.track is not None:
            yield Problem(f"{self.name}.track", "must be a Process or a Url", 'write Process("mysqld")', self.track)
