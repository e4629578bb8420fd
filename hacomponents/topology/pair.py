"""A VIP pair: two hosts, addresses, and what must work on the host that holds it."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeAlias

from hacomponents.errors import Problem
from hacomponents.topology import fields
from hacomponents.topology.tier import AGENT_CHECK, Reach, Tier
from hacomponents.topology.vip import PAIR, Vip, Vrrp2, check_vip

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from hacomponents.topology.network import Network
    from hacomponents.topology.tier import Listener
    from hacomponents.topology.vip import Vrrp

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
class Pair(Tier):
    """Two hosts that share one or several VIPs, whatever they serve.

    It has no endpoints, since what it serves is not known here, and no services of its own: it watches those of every
    tier on its hosts.

    Args:
        name: unique in the site.
        hosts: two.
        vip: what moves between them; several move together, as a `vrrp_sync_group`.
        track: what else must work on the host that holds it, beside the services of the tiers there: one or several.
            Default: nothing.
        path: how the program calls the VIP, for messages. Default: NAME.vip.
    """

    vip: Vip | tuple[Vip, ...] = ()  # none is against the rules
    track: Track | tuple[Track, ...] | None = None
    path: str = ""

    @property
    def listeners(self) -> tuple[Listener, ...]:
        """The port of the agent's check, which the peer asks; what the pair serves is not known here."""
        return (replace(AGENT_CHECK, reach=Reach.PEERS),)

    @property
    def vip_path(self) -> str:
        """How the program calls the VIP, or all of them."""
        return self.path or f"{self.name}.vip"

    @property
    def vips(self) -> Mapping[str, Vip]:
        """Each VIP by how the program calls it, those replaced too; read before any rule is asked."""
        given = ((path, vip) for path, vip in self._all(self.vip_path, self.vip) if isinstance(vip, Vip))
        both = (pair for path, vip in given for pair in ((path, vip), (f"{path}.replaces", vip.replaces)))
        return {path: vip for path, vip in both if isinstance(vip, Vip)}

    @property
    def tracks(self) -> tuple[Track, ...]:
        """What else must work, in the order of the program."""
        return self.track if isinstance(self.track, tuple) else () if self.track is None else (self.track,)

    @property
    def vrrp(self) -> Vrrp:
        """The dialect, which all VIPs share."""
        return next(iter(self.vips.values())).vrrp

    def check(self, network: Network) -> Iterator[Problem]:
        """Rules of the pair, its VIPs and what is tracked."""
        if self.hosts and len(self.hosts) != PAIR:
            rule = "a VIP moves between the two hosts of a pair"
            yield Problem(self.vip_path, rule, "give two hosts, or no VIP", len(self.hosts))
        for path, vip in self._all(self.vip_path, self.vip):
            if isinstance(vip, Vip):
                yield from check_vip(vip, path, network)
            else:
                yield Problem(path, "must be a Vip", 'write Vip("10.10.0.10")', vip)
        for path, vip in self.vips.items():
            yield from self._check_family(path, vip) if network.cidr6 or vip.interface else ()
        yield from self._check_group()
        for path, track in self._all(f"{self.name}.track", self.track):
            if isinstance(track, Process | Url):
                yield from track.check(path)
            else:
                yield Problem(path, "must be a Process or a Url", 'write Process("mysqld")', track)

    def _check_family(self, path: str, vip: Vip) -> Iterator[Problem]:
        """Adverts go between the hosts' own addresses, on whatever interface the VIP is."""
        if vip.is_ipv6 and fields.is_ip(vip.address) and not all(host.address6 for host in self.hosts):
            remedy = "make it a virtual_ipaddress_excluded of an IPv4 address"
            yield Problem(f"{path}.address", "is adverted over IPv6, and the hosts have none", remedy, vip.address)

    def _check_group(self) -> Iterator[Problem]:
        """What keepalived asks of a `vrrp_sync_group`, and what it lets through."""
        if self.vip in ((), None):
            yield Problem(self.vip_path, "must be at least one Vip", 'write Vip("10.10.0.10")')
        vips = list(self.vips.items())
        for path, vip in vips[1:]:
            if vip.vrrp != vips[0][1].vrrp:
                rule = f"differs from that of {vips[0][0]}, on the same hosts"
                yield Problem(f"{path}.vrrp", rule, "give all VIPs of the pair the same", vip.vrrp)
        if isinstance(self.vip, tuple) and len(self.vip) > 1 and vips:
            vrrp = vips[0][1].vrrp
            if isinstance(vrrp, Vrrp2) and vrrp.weight:
                rule = "cannot be: VIPs that move together know no weights"
                yield Problem(f"{self.vip_path}[0].vrrp.weight", rule, "leave it out", vrrp.weight)

    @staticmethod
    def _all(path: str, given: object) -> Iterator[tuple[str, object]]:
        """One or several, each with how the program calls it."""
        if isinstance(given, tuple):
            yield from ((f"{path}[{index}]", each) for index, each in enumerate(given))
        elif given is not None:
            yield path, given
