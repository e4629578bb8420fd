"""The hosts' firewall: each tier is reached from the tier in front of it, and from nowhere else."""

from __future__ import annotations

import ipaddress
import re
from typing import TYPE_CHECKING, Any

import pytest

from hacomponents.testing import Client, NoAnswer, VipWatch, eventually
from hacomponents.testing.background import Background
from tests.integration.docker.architecture import brought_up
from tests.integration.docker.site import Site
from tests.integration.docker.stack import PulumiError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from hacomponents.testing import HostHandle
    from tests.integration.docker.stack import Stack
    from tests.integration.docker.tier import Tier

pytestmark = pytest.mark.integration

ANOTHER_TRY = 1.0  # seconds until TCP asks again where nobody said anything (RFC 6298, 2.1)
TABLE = ("nft", "--stateless", "list", "table", "inet", "hacomponents")
# Whoever listens for protocol 112 on a host: the addresses that its packets come from, within a second.
HEARD = """
import json, socket, time
vrrp = socket.socket(socket.AF_INET, socket.SOCK_RAW, 112)
vrrp.settimeout(0.1)
until, heard = time.monotonic() + 1, set()
while time.monotonic() < until:
    try:
        heard.add(vrrp.recvfrom(2048)[1][0])
    except TimeoutError:
        pass
print(json.dumps(sorted(heard)))
"""
# Adverts of the highest priority (RFC 5798, 5.2), a hundred a second, for a VIP that another pair has.
FORGE = """
import json, socket, struct, sys, threading, time
vip, victim = sys.argv[1:]
own = socket.gethostbyname(socket.gethostname())
body = struct.pack("!BBBBHH4s", 0x31, int(vip.split(".")[3]), 255, 1, 20, 0, socket.inet_aton(vip))
pseudo = socket.inet_aton(own) + socket.inet_aton(victim) + struct.pack("!BBH", 0, 112, len(body))
total = sum(struct.unpack(f"!{len(pseudo + body) // 2}H", pseudo + body))
while total >> 16:
    total = (total & 0xFFFF) + (total >> 16)
packet = body[:6] + struct.pack("!H", ~total & 0xFFFF) + body[8:]
vrrp = socket.socket(socket.AF_INET, socket.SOCK_RAW, 112)
vrrp.setsockopt(socket.IPPROTO_IP, socket.IP_TTL, 255)
ended = threading.Event()
threading.Thread(target=lambda: (sys.stdin.read(), ended.set()), daemon=True).start()
print("running", flush=True)
sent, until = 0, time.monotonic() + 60
while not ended.wait(0.01) and time.monotonic() < until:
    vrrp.sendto(packet, (victim, 0))
    sent += 1
print(json.dumps({"sent": sent}), flush=True)
"""
# A connection that is open when its VIP moves to a host that does not know it: what becomes of a request on it.
ORPHAN = """
import json, socket, sys, time
def neighbour():
    lines = [line.split() for line in open("/proc/net/arp")]
    return next((words[3] for words in lines if words[0] == sys.argv[1]), "")
connection = socket.create_connection((sys.argv[1], 80))
before, until = neighbour(), time.monotonic() + 20
print("running", flush=True)
while neighbour() == before and time.monotonic() < until:
    time.sleep(0.01)
connection.settimeout(5)
started = time.monotonic()
try:
    connection.sendall(b"GET /up HTTP/1.1\\r\\nHost: site\\r\\n\\r\\n")
    became = connection.recv(100).decode()
except OSError as error:
    became = type(error).__name__
print(json.dumps({"became": became, "seconds": time.monotonic() - started}), flush=True)
sys.stdin.read()
"""


@pytest.fixture(scope="module")
def _walled(new_stack: Callable[[str], Stack]) -> Iterator[Site]:
    """The stack `rails_ha`, and somebody who manages it."""
    stack = new_stack("firewall")
    with brought_up(stack) as client:
        yield Site(stack, client)


@pytest.fixture
def site(_walled: Site) -> Iterator[Site]:
    """The site of that stack, well before the story and after it."""
    _walled.heal()
    yield _walled
    _walled.heal()


@pytest.fixture(scope="module")
def outsider(_walled: Site) -> Iterator[Client]:
    """Somebody on the network who does not manage it."""
    address = str(ipaddress.IPv4Network(_walled.stack.cidr)[12])
    with Client(f"{_walled.stack.name}-outsider", f"{_walled.stack.name}-rails", address) as client:
        yield client


def rules(host: HostHandle) -> str:
    """All that a host lets in."""
    return host.exec(*TABLE)


def inner(site: Site) -> dict[str, str]:
    """What is not for clients, by what it is."""
    return {
        "a Thin server": site.thin_url(3000, "/up"),
        "the agent of the servers' host": f"http://{site.app.address}:8011/",
        "the balancers' VIP": f"http://{site.lb.vip}:3100/up",
        "a balancer's own address": f"http://{site.lb.hosts[0].address}:3100/up",
        "the statistics page": f"http://{site.lb.hosts[1].address}:8080/my_stats",
        "the agent of a proxy": f"http://{site.web.hosts[1].address}:8011/",
        "a port of nobody": f"http://{site.web.hosts[0].address}:9999/",
    }


def test_only_the_front_is_for_everybody(site: Site, outsider: Client) -> None:
    """
    Somebody who asks an inner tier is refused at once, by a reset; through the front the site works.
    """
    for what, url in inner(site).items():
        (answer,) = outsider.requests(url, timeout=3)
        assert isinstance(answer, NoAnswer), what
        assert "ConnectionRefusedError" in str(answer), what
        assert float(re.findall(r"\(after ([\d.]+) s\)$", str(answer))[0]) < ANOTHER_TRY, what

    outsider.succeeds(site.url("/up"))


def test_management_reaches_everything(site: Site) -> None:
    """
    From the subnet of those who manage the site, servers, balancers and statistics are reached directly.
    """
    site.client.succeeds(site.thin_url(3000, "/up"))
    site.client.succeeds(f"http://{site.lb.vip}:3100/up")
    assert site.statistics(site.lb.hosts[0])


def test_forged_adverts_are_not_heard(tier: Tier, outsider: Client) -> None:
    """
    Adverts of a higher priority from another host reach neither host of a pair, nor move its VIP.
    """
    pair = tier.pair
    holder, standby = pair.holder, next(host for host in pair.hosts if host != pair.holder)
    forge = ["docker", "exec", "--interactive", outsider.name, "python3", "-c", FORGE, pair.vip]

    with (
        VipWatch(pair) as watch,
        Background([*forge, holder.address], dict) as one,
        Background([*forge, standby.address], dict) as other,
    ):
        heard = {host.name: host.exec("python3", "-c", HEARD).strip() for host in pair.hosts}

    assert min(one.report["sent"], other.report["sent"]) > 20
    assert f'["{holder.address}"]' == heard[standby.name]
    assert outsider.address not in heard[holder.name]
    assert 1 == len(watch.moves), watch.moves


def test_an_orphaned_connection_is_reset(site: Site, outsider: Client) -> None:
    """
    After a failover, whoever goes on with a connection of before is told at once that it is gone.
    """
    orphan = ["docker", "exec", "--interactive", outsider.name, "python3", "-c", ORPHAN, site.web.vip]

    with Background[dict[str, Any]](orphan, dict) as connection:
        site.web.holder.pause()
        eventually(lambda: connection.now, within=30)

    assert "ConnectionResetError" == connection.report["became"]
    assert connection.report["seconds"] < 1


def test_after_a_reboot(site: Site, outsider: Client) -> None:
    """
    A host that was killed and comes back has its rules again.
    """
    host = site.lb.hosts[1]
    before = rules(host)

    host.kill()
    host.start()

    eventually(lambda: before.partition("chain before")[0] == rules(host).partition("chain before")[0], within=30)
    assert "ConnectionRefusedError" in outsider.fails(f"http://{host.address}:8080/my_stats", timeout=3)


def test_a_refused_push_leaves_the_rules(site: Site) -> None:
    """
    A push that one daemon of a host refuses opens nothing there, though its new rules were good.
    """
    before = {host.name: rules(host) for host in site.lb.hosts}

    with pytest.raises(PulumiError, match="nothing was changed"):
        site.stack.push(lb='port=3200, extra_config="nonsense"')

    assert before == {host.name: rules(host) for host in site.lb.hosts}
    site.stack.push()
