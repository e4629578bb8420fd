"""The two sites that are compared: ours, and the Rails article's."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from bench.article import DAEMONS, ArticleSite
from hacomponents.hosts.reach import AGENT

if TYPE_CHECKING:
    from hacomponents.testing import HostHandle, PairUnderTest
    from tests.integration.docker.site import Site

DAEMON = {"web": "nginx", "lb": "haproxy"}
PUSHED = {"web": 'client_max_body_size="{}m"', "lb": "retries={}"}


class Subject(Protocol):
    """A site with a pair of hosts in each of two tiers, "web" (nginx) and "lb" (haproxy)."""

    def pair(self, tier: str) -> PairUnderTest:
        """The pair of a tier."""

    def push(self, tier: str, number: int) -> None:
        """Change the tier's configuration; another number, another configuration."""

    def hand_over(self, host: HostHandle) -> None:
        """Have the peer take the VIP, as for a maintenance of the host."""

    def repair(self, tier: str, host: HostHandle) -> None:
        """Do what an administrator must so that all daemons of the host run again."""

    def check(self, tier: str) -> bool:
        """Whether the tier can take the next fault: one host holds the VIP, and its peer is fit to take it."""


@dataclass(frozen=True)
class Ours:
    """A stack of the library.

    Args:
        site: that is up.
    """

    site: Site

    def pair(self, tier: str) -> PairUnderTest:
        """The pair of a tier."""
        return {"web": self.site.web, "lb": self.site.lb}[tier]

    def push(self, tier: str, number: int) -> None:
        """Change an argument of the program, and `pulumi up`."""
        begin = f'Tier("{tier}",'
        self.site.stack.push(replace={begin: f"{begin} {PUSHED[tier].format(number)},"})

    def hand_over(self, host: HostHandle) -> None:
        """The agent does it."""
        host.exec(AGENT, "handover")

    def repair(self, tier: str, host: HostHandle) -> None:
        """Nothing: the supervisor has done it."""

    def check(self, tier: str) -> bool:
        """Both hosts say so themselves."""
        states = [json.loads(host.exec(AGENT, "status")) for host in self.pair(tier).hosts]
        healthy = all(service["healthy"] for state in states for service in state["services"].values())
        return healthy and sorted(state["vrrp"]["state"] for state in states) == ["BACKUP", "MASTER"]


@dataclass(frozen=True)
class Article:
    """The article's site.

    Args:
        site: that is up.
    """

    site: ArticleSite

    def pair(self, tier: str) -> PairUnderTest:
        """The pair of a tier."""
        return {"web": self.site.web, "lb": self.site.lb}[tier]

    def push(self, tier: str, number: int) -> None:
        """Edit the file on both hosts, and reload."""
        self.site.push(tier, f"change {number}")

    def hand_over(self, host: HostHandle) -> None:
        """Stop keepalived."""
        host.kill_process("^keepalived", "TERM")

    def repair(self, tier: str, host: HostHandle) -> None:
        """Start again what does not run."""
        host.exec("sh", "-c", f"pgrep -x {DAEMON[tier]} || {DAEMONS[tier]}; pgrep -x keepalived || keepalived")

    def check(self, tier: str) -> bool:
        """The MASTER holds the VIP again, as it always does in the end, and everything runs."""
        pair = self.pair(tier)
        running = all(host.processes(f"^{name}") for host in pair.hosts for name in ("keepalived", DAEMON[tier]))
        return running and pair.holder == pair.hosts[0]
