"""The VRRP dialect of the Rails article, on a second stack beside the first."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from hacomponents.testing import Client, VipWatch, eventually
from hacomponents.testing.docker import docker
from tests.integration.docker.site import Site

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.integration.docker.stack import Stack

pytestmark = pytest.mark.integration

# Three adverts of one second and the skew (daemons' formula), and the time to notice and to say so.
TAKEOVER = 5.0
# Samples in which two hosts may hold the VIP while one takes it from the other.
PREEMPTION = 5
DIALECT = "vrrp=Vrrp2(auth_pass=config.require_secret('auth_pass'))"
# One advert: the first VRRP packet that the client's interface sees, as hexadecimal digits of its IP packet.
VERSION_2_ADVERT = 0x21
LISTEN = """
import socket
link = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.ntohs(0x0800))
link.settimeout(5)
while (packet := link.recv(2048))[9] != 112:
    pass
print(packet.hex())
"""


@pytest.fixture(scope="module")
def article(new_stack: Callable[[str], Stack]) -> Iterator[Site]:
    """A second stack, in the article's dialect, beside the first."""
    stack = new_stack("article")
    edits = {
        "Thin, Vip": "Thin, Vip, Vrrp2",
        **{f"net.address({at})": f"net.address({at}), {DIALECT}" for at in (10, 20)},
    }
    try:
        stack.push(replace=edits)
        with Client(f"{stack.name}-client", f"{stack.name}-rails") as client:
            site = Site(stack, client)
            site.heal()
            yield site
    finally:
        stack.destroy()
    assert "" == docker("ps", "--all", "--quiet", "--filter", f"name={stack.name}-")
    assert "" == docker("network", "ls", "--quiet", "--filter", f"name={stack.name}-")


def test_two_stacks_stand_side_by_side(site: Site, article: Site) -> None:
    """
    Two stacks of one architecture on one machine: each answers behind its own VIP.
    """
    site.client.succeeds(site.url("/up"))
    article.client.succeeds(article.url("/up"))


def test_adverts_are_as_the_article_writes_them(article: Site) -> None:
    """
    VRRP version 2 to the multicast group 224.0.0.18, its password in clear (RFC 2338), from a MASTER and a BACKUP.
    """
    packet = bytes.fromhex(article.client.exec("python3", "-c", LISTEN))
    header = 4 * (packet[0] & 15)

    assert "224.0.0.18" == ".".join(map(str, packet[16:20]))
    assert VERSION_2_ADVERT == packet[header]
    assert article.stack.secrets["auth_pass"].encode() in packet
    for pair in (article.web, article.lb):
        for host, state in zip(pair.hosts, ("MASTER", "BACKUP"), strict=True):
            assert f"state {state}\n" in host.exec("cat", "/etc/keepalived/keepalived.conf")


def test_article_dialect_fails_over_and_back(article: Site) -> None:
    """
    The MASTER is killed: the BACKUP takes over after three adverts, and gives the VIP back when the MASTER returns.

    A MASTER that preempts tells it by an advert after it took the VIP (RFC 3768, 6.4.2): both hold it until that has
    come, which a sample sometimes meets. `Vrrp3` does not preempt, and its stories allow no overlap at all.
    """
    master, backup = article.web.hosts
    eventually(lambda: master == article.web.holder, within=20)

    with VipWatch(article.web) as watch:
        master.kill()
        eventually(lambda: backup.holds(article.web.vip))
        article.client.eventually(article.url("/up"))
        master.start()
        eventually(lambda: article.web.holder == master, within=30)

    assert all(overlap.seconds < PREEMPTION * watch.resolution for overlap in watch.overlaps), watch.overlaps
    assert watch.vacancy < TAKEOVER + watch.resolution
    article.client.succeeds(article.url("/up"))
