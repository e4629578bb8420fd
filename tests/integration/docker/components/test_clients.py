"""Whom an application sees: clients over IPv6, through two proxies and by PROXY; how many requests each server gets."""

from __future__ import annotations

import ipaddress
import json
from collections import Counter
from functools import partial
from typing import TYPE_CHECKING, Literal

import pytest

from hacomponents.testing import Client, NoAnswer, PairUnderTest, Response, eventually
from hacomponents.testing.docker import docker
from hacomponents.topology.network import spare
from tests.forwarded import LIES, telling, told
from tests.integration.docker.architecture import Architecture, brought_up
from tests.integration.docker.components.secure import ECHO
from tests.integration.docker.fresh import free_cidr, fresh_stack

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.integration

WEIGHTS = {"back-1-3000": 5, "back-1-3001": 2, "back-1-3002": 1}
PROGRAM = '''
"""IPv6 VIPs before an IPv4 application, and beside it an nginx that haproxy tells of clients by PROXY, and a spare."""

from hacomponents import AppTier, Backend, Firewall, LoadBalancerTier, ReverseProxyTier, Thin, Vip
from hacomponents.docker import Network

net = Network("clients", cidr="{cidr}", cidr6="{cidr6}", firewall=Firewall(management={management}))
back, lbs = net.hosts("back", 1), net.hosts("lb", 2)
app = AppTier("app", hosts=back, server=Thin(app="echo", processes=3, packages=(), health_timeout=300))
thin = Thin(app="echo", port=4000, processes=1, packages=(), health_timeout=300)
AppTier("spare", hosts=back, server=thin, clients=[lbs])
inner = ReverseProxyTier("inner", hosts=back, to=app, proxy_protocol=True)
lb = LoadBalancerTier(
    "lb",
    hosts=lbs,
    to=app,
    backends=[Backend(to=inner, host=["inner.example.com"])],
    weights={weights},
    extra_config=f"server spare {{back.hosts[0].address}}:4000 check backup",
    vip=Vip(net.address6(0x12)),
)
web = ReverseProxyTier("web", hosts=net.hosts("web", 2), to=lb, vip=Vip(net.address6(0x10)))
'''
WEB = "Vip(net.address6(0x10))"
# Version 2 of PROXY: a connection over IPv4 from 100.64.0.7, port 3856, to 10.0.0.1, port 80.
SAYS = "\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0c" + "\x64\x40\0\x07" + "\x0a\0\0\x01" + "\x0f\x10\0\x50"


class Clients(Architecture):
    """The site, up, with a client that has addresses of both families."""

    def url(self, offset: int, port: int) -> str:
        """Of the IPv6 VIP at an offset into the stack's network, as in the program."""
        return f"http://[{self.address6(offset)}]:{port}/"

    @property
    def balancer(self) -> str:
        """The URL of haproxy."""
        return self.url(0x12, 3100)


def own(client: Client, version: Literal[4, 6] = 6, interface: str = "eth0") -> str:
    """The address of a client's interface."""
    command = ["ip", "-json", f"-{version}", "address", "show", "dev", interface, "scope", "global"]
    return str(json.loads(client.exec(*command))[0]["addr_info"][0]["local"])


def seen(headers: dict[str, str]) -> tuple[str | None, str | None]:
    """Whom the application takes for the client."""
    return headers.get("HTTP_X_REAL_IP"), headers.get("HTTP_X_FORWARDED_FOR")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clients]:
    """The program, up."""
    stack = fresh_stack("clients", tmp_path_factory.mktemp("clients"), architecture="clients")
    subnets = (ipaddress.ip_network(stack.cidr), ipaddress.ip_network(stack.cidr6))
    management = [spare(subnet) for subnet in subnets]  # of the client, which asks haproxy and the inner nginx too
    program = PROGRAM.format(cidr=subnets[0], cidr6=subnets[1], management=management, weights=WEIGHTS)
    (stack.project / stack.program).write_text(program)
    (stack.project / "echo").mkdir()
    (stack.project / "echo" / "config.ru").write_text(ECHO)
    with brought_up(stack) as client:
        yield Clients(stack, client)


@pytest.mark.parametrize("headers", [{}, LIES], ids=["honest", "lies"])
def test_an_ipv6_client(site: Clients, headers: dict[str, str]) -> None:
    """
    A client over IPv6 gets the page through nginx and haproxy, each behind an IPv6 VIP; the application is told the
    client's own address, whatever the client says.
    """
    answer = site.client.succeeds(site.url(0x10, 80), headers=headers)

    assert told(own(site.client)) == telling(answer.json().items())


@pytest.mark.parametrize("headers", [{}, LIES], ids=["honest", "lies"])
def test_a_client_of_haproxy(site: Clients, headers: dict[str, str]) -> None:
    """
    Whoever comes to haproxy past the tier in front is a client, too, and is believed as little.
    """
    assert told(own(site.client)) == telling(site.client.succeeds(site.balancer, headers=headers).json().items())


def test_the_proxy_protocol(site: Clients) -> None:
    """
    Haproxy tells nginx of its clients by PROXY, of each by its own address, on connections that it keeps as well; what
    a client says in headers is not heard.
    """
    headers = {"Host": "inner.example.com", **LIES}

    with Client(f"{site.client.name}-2", site.client.network) as second:
        for client in (site.client, second, site.client):
            told = {seen(client.succeeds(site.balancer, headers=headers).json()) for _ in range(5)}
            assert {(own(client), own(client))} == told


def test_three_proxies(site: Clients) -> None:
    """
    Through nginx, haproxy and, by PROXY, another nginx: the application is told the client's own address.
    """
    headers = {"Host": "inner.example.com", **LIES}

    assert told(own(site.client)) == telling(site.client.succeeds(site.url(0x10, 80), headers=headers).json().items())


def test_nobody_else_speaks_for_a_client(site: Clients) -> None:
    """
    Nginx that expects PROXY serves nobody without it, and does not believe it of anybody but haproxy.
    """
    url = f"http://{site.host('back-1').address}/"
    address = own(site.client, 4)

    assert (address, address) == seen(site.client.succeeds(url, preamble=SAYS).json())
    with pytest.raises(NoAnswer):
        site.client.request(url)


def test_weights(site: Clients) -> None:
    """
    Requests are dealt in the proportion of the servers' weights: exactly so in each round of as many.
    """
    rounds = 10
    answers = site.client.requests(site.balancer, times=rounds * sum(WEIGHTS.values()))
    cookies = [answer.cookie("SERVERID") for answer in answers if isinstance(answer, Response)]

    assert {f"SERVERID={name}": rounds * weight for name, weight in WEIGHTS.items()} == Counter(
        cookie.partition(";")[0] for cookie in cookies
    )


def test_a_spare_server(site: Clients) -> None:
    """
    A server that no tier asks, and a line of haproxy's language does, is reached by the balancers that the program
    names and by no other; it answers while none of the others does.
    """
    back, spare = site.host("back-1"), f"http://{site.host('back-1').address}:4000/"
    services = [f"/etc/service/thin-{port}" for port in (3000, 3001, 3002)]

    with Client(f"{site.client.name}-outsider", site.client.network, site.address(12)) as outsider:
        assert "ConnectionRefusedError" in outsider.fails(spare, timeout=3)
    try:
        back.exec("sv", "-w", "20", "stop", *services)
        answer = eventually(partial(site.client.succeeds, site.balancer))
        assert told(own(site.client)) == telling(answer.json().items())
    finally:
        back.exec("sv", "start", *services)
    eventually(lambda: site.client.succeeds(site.balancer).cookie("SERVERID"))


def test_a_vip_on_another_network(site: Clients) -> None:
    """
    The VIP moves to a second interface of its hosts, where another network is: clients there get the page, from the
    other host after a handover; the application is told the address that they have there.
    """
    cidr, name, program = free_cidr(), f"{site.stack.name}-second", site.stack.project / site.stack.program
    vip = str(ipaddress.ip_network(cidr)[10])
    web = PairUnderTest((site.host("web-1"), site.host("web-2")), vip)
    docker("network", "create", "--subnet", cidr, "--label", "hacomponents.testing=network", name)
    try:
        for container in (site.client, *web.hosts):
            docker("network", "connect", name, container.name)
        text = program.read_text()
        for replaces in (f", replaces={WEB}", ""):
            program.write_text(text.replace(WEB, f'Vip("{vip}", interface="eth1"{replaces})'))
            site.stack.up()
        address = own(site.client, 4, "eth1")

        for holder in (web.holder, web.standby):
            eventually(partial(holder.holds, vip))
            assert (address, address) == seen(site.client.eventually(f"http://{vip}/").json())
            holder.exec("hacomponents-agent", "handover")
    finally:
        for container in (site.client, *web.hosts):
            docker("network", "disconnect", "--force", name, container.name)
        docker("network", "rm", name)
