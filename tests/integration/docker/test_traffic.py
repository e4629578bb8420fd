"""How a request travels: nginx, haproxy, Thin (rails_ha)."""

from __future__ import annotations

import re
from collections import Counter
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING

import pytest

from hacomponents.testing import Response, eventually
from tests.integration.docker.site import PORTS, basic

if TYPE_CHECKING:
    from hacomponents.testing import HostHandle
    from tests.integration.docker.site import Site

pytestmark = pytest.mark.integration


def answers(site: Site, path: str, times: int, cookie: str = "") -> list[Response]:
    """So many requests, one after another; all must be answered."""
    headers = {"Cookie": cookie} if cookie else {}
    found = site.client.requests(site.url(path), times=times, headers=headers)
    wrong = [answer for answer in found if not isinstance(answer, Response)]
    assert not wrong
    return [answer for answer in found if isinstance(answer, Response)]


def ports(found: list[Response]) -> Counter[int]:
    """Which Thin servers answered, how often."""
    return Counter(answer.json()["port"] for answer in found)


def active_balancer(site: Site) -> HostHandle:
    """The haproxy host that has the traffic."""
    return site.lb.holder


def test_application_answers_behind_the_vip(site: Site) -> None:
    """
    A client reaches the Rails application through the VIP of the web tier.
    """
    site.client.succeeds(site.url("/"), contains="<h1>Notes</h1>")


def test_application_sees_who_asked_for_what(site: Site) -> None:
    """
    X-Real-IP and X-Forwarded-For name the client, Host is what the client asked for.
    """
    me = site.client.exec("hostname", "--ip-address")

    seen = site.client.succeeds(site.url("/whoami")).json()

    assert (me, site.web.vip) == (seen["x_real_ip"], seen["host"])
    assert me == seen["x_forwarded_for"].split(",")[0]


def test_forged_addresses_do_not_reach_the_application(site: Site) -> None:
    """
    What a client writes into X-Real-IP or X-Forwarded-For is not believed at the edge.
    """
    forged = {"X-Forwarded-For": "203.0.113.6", "X-Real-IP": "203.0.113.6"}

    seen = site.client.succeeds(site.url("/whoami"), headers=forged).json()

    assert "203.0.113.6" not in f"{seen['x_real_ip']} {seen['x_forwarded_for']}"


def test_new_clients_go_round_the_five_servers(site: Site) -> None:
    """
    Ten requests without a cookie: two to each of the five Thin servers.
    """
    site.let_former_haproxy_end(active_balancer(site), site.url("/up"))

    assert dict.fromkeys(PORTS, 2) == ports(answers(site, "/whoami", 10))


def test_cookie_keeps_a_client_on_its_server(site: Site) -> None:
    """
    Whoever brings the SERVERID cookie back stays on the server that it names.
    """
    first = site.client.succeeds(site.url("/whoami"))

    later = answers(site, "/whoami", 6, cookie=first.cookie("SERVERID").split(";")[0])

    assert {first.json()["port"]: 6} == ports(later)


def test_cookie_is_inserted_once_and_not_cached(site: Site) -> None:
    """
    `insert nocache`: the first answer sets the cookie and is not for shared caches; who has it gets no other.
    """
    first = site.client.succeeds(site.url("/whoami"))
    (later,) = answers(site, "/whoami", 1, cookie=first.cookie("SERVERID").split(";")[0])

    assert first.cookie("SERVERID").startswith("SERVERID=app-1-30")
    assert "private" in first.header("Cache-Control")
    assert "" == later.cookie("SERVERID")


def test_cookie_is_invisible_to_the_application(site: Site) -> None:
    """
    `indirect`: the application sees the client's other cookies, but not SERVERID.
    """
    (seen,) = answers(site, "/whoami", 1, cookie="theme=dark; SERVERID=app-1-3002")

    assert (["theme"], 3002) == (seen.json()["cookies"], seen.json()["port"])


def test_client_whose_server_dies_is_redispatched(site: Site) -> None:
    """
    `redispatch`: a cookie that names a server that no longer listens costs its client nothing but the session.
    """
    first = site.client.succeeds(site.url("/whoami"))
    port = first.json()["port"]
    cookie = first.cookie("SERVERID").split(";")[0]

    with site.app.without(f"thin-{port}"):
        site.client.fails(site.thin_url(port, "/up"))
        later = answers(site, "/whoami", 3, cookie=cookie)

    assert port not in ports(later)


def test_servers_are_checked_every_six_seconds(site: Site) -> None:
    """
    The configuration checks each server every 6 s, and haproxy says that the checks pass, once it has made them.
    """
    for host in site.lb.hosts:
        eventually(partial(are_checked, site, host), within=2 * 6)
        assert " check inter 6000ms " in host.exec("cat", "/etc/haproxy/haproxy.cfg")


def are_checked(site: Site, host: HostHandle) -> bool:
    """The last check of each server has reached it."""
    return {"L4OK"} == {row["check_status"].removeprefix("* ") for row in site.servers(host).values()}


def test_frontend_takes_ten_thousand_connections(site: Site) -> None:
    """
    `maxconn 10000`, or what the host's hard limit of open files carries: two for each connection and each server, and
    100.
    """
    balancer = active_balancer(site)
    open_files = balancer.exec("sh", "-c", "ulimit -Hn")
    carried = 10_000 if open_files == "unlimited" else min(10_000, (int(open_files) - 100) // 2 - len(PORTS))

    (limit,) = (row["slim"] for row in site.statistics(balancer) if row["type"] == "0" and row["pxname"] == "lb")

    assert carried == int(limit)


def test_statistics_need_the_password(site: Site) -> None:
    """
    The page on port 8080 names its realm, refuses a wrong password, and shows its figures for the right one.
    """
    page = f"http://{site.lb.vip}:8080/my_stats"

    refused = site.client.succeeds(page, status=401, headers=basic("admin", "guess"))
    site.client.succeeds(page, contains="Statistics Report", headers=site.authorization())

    assert 'Basic realm="Global statistics"' == refused.header("WWW-Authenticate")


def test_requests_are_logged_to_local0(site: Site) -> None:
    """
    Every request is logged by haproxy to the facility local0 of its host's syslog.
    """
    site.client.succeeds(site.url("/up?seen-in-the-log"))

    eventually(lambda: logged(active_balancer(site), r"local0\.info.*seen-in-the-log"))


def test_state_changes_are_logged_to_local1(site: Site) -> None:
    """
    A server that goes down is logged by haproxy to the facility local1, which has notices and worse only.
    """
    with site.app.without("thin-3004"):
        for host in site.lb.hosts:
            eventually(partial(logged, host, r"local1\.\w+: .*app-1-3004 is DOWN"), within=20)

    assert not logged(active_balancer(site), r"local1\.info")


def test_notes_are_shared_by_the_five_servers(site: Site) -> None:
    """
    A form posted to one server through both proxies, with Rails' token, is on the page of every other.
    """
    posted = site.client.request(site.url("/notes"), **site.note_form("from a form"))

    assert HTTPStatus.FOUND == posted.status
    for port in PORTS:
        site.client.succeeds(site.thin_url(port, "/"), contains="from a form")


def logged(host: HostHandle, pattern: str) -> list[str]:
    """The lines of a host's log that a regular expression matches."""
    return [line for line in host.exec("cat", "/var/log/syslog/current").splitlines() if re.search(pattern, line)]
