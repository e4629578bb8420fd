"""A deployed architecture, whichever it is: its hosts, its pairs, its client."""

from __future__ import annotations

import ipaddress
import json
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from hacomponents.testing import Client, HostHandle, PairUnderTest, eventually
from hacomponents.testing.docker import docker

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.integration.docker.stack import Stack

LONGEST_KEPT = 40
"""Seconds until nginx has closed a connection that no request came on (30), and some."""


@dataclass(frozen=True)
class Architecture:
    """A stack that is up, and a client on its network.

    Args:
        stack: what was deployed.
        client: who asks.
    """

    stack: Stack
    client: Client

    def host(self, name: str) -> HostHandle:
        """A host, by its name in the program."""
        return HostHandle(f"{self.stack.name}-{name}")

    def pair(self, role: str, offset: int) -> PairUnderTest:
        """The two hosts of a role and the VIP that they share.

        Args:
            role: as in `net.hosts`.
            offset: as in `net.address`.
        """
        return PairUnderTest((self.host(f"{role}-1"), self.host(f"{role}-2")), self.address(offset))

    def address(self, offset: int) -> str:
        """The address at an offset into the stack's network, as in the program."""
        return str(ipaddress.IPv4Network(self.stack.cidr)[offset])

    def address6(self, offset: int) -> str:
        """The address at an offset into the stack's IPv6 network, as in a program that has one."""
        return str(ipaddress.IPv6Network(self.stack.cidr6)[offset])

    def let_former_haproxy_end(self, balancer: HostHandle, url: str) -> None:
        """Ask until nginx keeps no connection to the haproxy of before a push: on each, that one answers once more.

        Args:
            balancer: that was pushed to, and has the VIP.
            url: of a page behind nginx.
        """
        master_and_worker = "2"

        def ended() -> bool:
            if balancer.exec("pgrep", "-xc", "haproxy").strip() == master_and_worker:
                return True
            self.client.requests(url, times=20, at_once=10)
            return False

        eventually(ended, within=LONGEST_KEPT)

    def state(self, host: HostHandle) -> dict[str, Any]:
        """What the agent of a host says of it."""
        return dict(json.loads(host.exec("hacomponents-agent", "status")))


def network(stack: Stack) -> str:
    """Docker's name of the one network of a stack."""
    return docker(
        "network", "ls", "--filter", f"label=hacomponents.stack={stack.name}", "--format", "{{.Name}}"
    ).strip()


@contextmanager
def brought_up(stack: Stack) -> Iterator[Client]:
    """The stack is up, with a client on its network, for as long as the context lasts; it is destroyed at the end."""
    try:
        stack.up()
        with Client(f"{stack.name}-client", network(stack)) as client:
            yield client
    finally:
        stack.destroy()
