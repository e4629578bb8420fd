"""Two nginx on a VIP, two Apache with PHP, two sites by name (simple_active_standby)."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING

import pytest

from hacomponents.testing import Client, Response, eventually

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

    from hacomponents.testing import HostHandle, PairUnderTest
    from tests.integration.docker.architecture import Architecture

pytestmark = pytest.mark.integration

WWW, SHOP = "www.example.com", "shop.example.com"
APACHE = "apache-80"
LOGS = "/var/log/nginx"
ACCESS_LOGS = {"nginx": f"{LOGS}/shop.access.log", "apache": "/var/log/apache2/app.access_log"}
# nginx writes its access log at least each second.
FLUSHED = 5


@pytest.fixture(scope="module")
def site(deployed: Callable[[str], AbstractContextManager[Architecture]]) -> Iterator[Architecture]:
    """The stack `simple_active_standby`, up."""
    with deployed("simple_active_standby") as architecture:
        yield architecture


@pytest.fixture
def web(site: Architecture) -> PairUnderTest:
    """Both nginx hosts, once the MASTER has taken the VIP back from the story before, and the site answers."""
    pair = site.pair("web", 10)
    eventually(lambda: pair.holder == pair.hosts[0] and served_by(page(site, WWW)), within=20)
    return pair


def page(site: Architecture, name: str, path: str = "/", cookie: str = "") -> Response:
    """A page of one of the sites, at the VIP."""
    headers = {"Cookie": cookie} if cookie else {}
    return site.client.succeeds(f"http://{name}{path}", address=site.address(10), headers=headers, timeout=3)


def served_by(response: Response) -> str:
    """The Apache host that a page comes from."""
    return fact(response, "Served by")


def fact(response: Response, name: str) -> str:
    """What a page says of its request."""
    found = re.search(f"<dt>{name}</dt><dd>([^<]*)</dd>", response.body)
    assert found, response.body
    return found[1]


def logged(host: HostHandle, log: str, words: str) -> list[str]:
    """The lines of a log that hold these words."""
    return [line for line in host.exec("cat", log).splitlines() if words in line]


def test_two_sites_by_name(site: Architecture, web: PairUnderTest) -> None:
    """
    The name that a client asks for says which of the two sites answers.
    """
    assert "<h1>The web site</h1>" in page(site, WWW).body
    assert "<h1>The shop</h1>" in page(site, SHOP).body
    assert SHOP == fact(page(site, SHOP), "Host")
    site.client.succeeds(f"http://{web.vip}/", contains="<h1>The web site</h1>")


def test_other_names_are_redirected(site: Architecture, web: PairUnderTest) -> None:
    """
    The bare name leads to the site's own, with its path and the method kept.
    """
    answer = site.client.request("http://example.com/a/b?c=d", address=web.vip, method="POST")

    assert (308, f"http://{WWW}/a/b?c=d") == (answer.status, answer.header("Location"))


@pytest.mark.parametrize("name", [WWW, SHOP])
def test_each_site_has_its_own_access_log(site: Architecture, web: PairUnderTest, name: str) -> None:
    """
    A request is in the access log of its site, on the host that has the VIP, and not in the other's.
    """
    mine, other = (f"{LOGS}/{each.split('.')[0]}.access.log" for each in (name, SHOP if name == WWW else WWW))

    page(site, name, f"/?seen-by-{name}")

    eventually(partial(logged, web.holder, mine, f"seen-by-{name}"), within=FLUSHED)
    assert [] == logged(web.holder, other, f"seen-by-{name}")


@pytest.mark.usefixtures("web")
def test_a_client_stays_on_its_server(site: Architecture) -> None:
    """
    `ip_hash`: twenty new connections of a client go to one Apache, which knows it by its session each time.
    """
    first = page(site, WWW)
    cookie = first.cookie("PHPSESSID").split(";")[0]

    address, headers = site.address(10), {"Cookie": cookie}
    later = site.client.requests(f"http://{WWW}/", times=20, address=address, headers=headers)

    pages = [each for each in later if isinstance(each, Response)]
    assert {served_by(first)} == {served_by(each) for each in pages}
    assert [str(number) for number in range(2, 22)] == [fact(each, "Visits") for each in pages]


def test_both_nginx_choose_the_same_server(site: Architecture, web: PairUnderTest) -> None:
    """
    After a failover the other nginx sends a client to the server that it had before.
    """
    before = served_by(page(site, WWW))
    master, backup = web.hosts

    with master.without("nginx"):
        eventually(lambda: web.holder == backup, within=20)
        assert {before} == {served_by(page(site, WWW)) for _ in range(5)}


def test_a_dead_server_is_left_for_the_other(site: Architecture, web: PairUnderTest) -> None:
    """
    The client's own Apache is down: no request fails, the other one answers, and the error log of the site says why;
    when it is back, the client is on it again.
    """
    own = served_by(page(site, WWW))
    host = site.host(own)

    with host.without(APACHE):
        others = {served_by(page(site, WWW)) for _ in range(5)}

    assert {"app-1", "app-2"} - {own} == others
    eventually(lambda: logged(web.hosts[0], f"{LOGS}/www.error.log", "Connection refused"), within=FLUSHED)
    eventually(lambda: served_by(page(site, WWW)) == own, within=20)


@pytest.mark.parametrize(("daemon", "log"), ACCESS_LOGS.items(), ids=ACCESS_LOGS)
def test_logs_are_turned_over(site: Architecture, web: PairUnderTest, daemon: str, log: str) -> None:
    """
    After `logrotate`, a daemon writes into a new file, and nobody into the old one, which is kept; no request fails.
    """
    host, address = web.holder, web.vip
    if daemon == "apache":  # asked directly: nginx would go to the other one where it fails
        host = site.host(served_by(page(site, SHOP)))
        address = host.address
    page(site, SHOP, "/?before-the-turn")
    eventually(partial(logged, host, log, "before-the-turn"), within=FLUSHED)

    url = f"http://{SHOP}/"
    with site.client.load(url, address=address, connections=4, keep_alive=False, think_time=0.02) as load:
        host.exec("logrotate", "--force", "/etc/logrotate.conf")
        eventually(lambda: page(site, SHOP, "/?after-the-turn") and logged(host, log, "after-the-turn"), within=FLUSHED)
    old = logged(host, f"{log}.1", "")
    site.client.requests(f"{url}?later", times=10, address=address)

    assert () == load.report.failures
    eventually(lambda: len(logged(host, log, "later")) == 10, within=FLUSHED)
    assert [] == logged(host, log, "before-the-turn")
    assert [line for line in old if "before-the-turn" in line]
    assert old == logged(host, f"{log}.1", "")


def test_a_dead_nginx_moves_the_vip_and_a_live_one_takes_it_back(site: Architecture, web: PairUnderTest) -> None:
    """
    The article's weights: nginx is down on the MASTER, whose 85 is less than the BACKUP's 80 and 10, so the VIP moves;
    when nginx is back, 95 is more than 90, and so is the VIP.
    """
    master, backup = web.hosts

    with master.without("nginx"):
        eventually(lambda: backup.holds(web.vip) and not master.holds(web.vip), within=20)
        page(site, WWW)

    eventually(lambda: web.holder == master, within=20)
    page(site, WWW)


def test_counters_are_for_those_who_are_allowed(site: Architecture, web: PairUnderTest) -> None:
    """
    `Status`: nginx's counters are on each of its hosts, for an address that the program names, and for no other.
    """
    client = site.client.exec("hostname", "--ip-address").strip()
    status = f'sites=[www, shop], status=Status(allow=["{client}"])'
    site.stack.push(replace={"import ApachePhp": "import Status, ApachePhp", "sites=[www, shop]": status})

    # One that the firewall lets in, since it manages the hosts, and nginx does not.
    with Client(f"{site.client.name}-2", site.client.network) as other:
        for host in web.hosts:
            url = f"http://{host.address}:8081/status"
            site.client.succeeds(url, contains="Active connections")
            other.succeeds(url, status=403)
