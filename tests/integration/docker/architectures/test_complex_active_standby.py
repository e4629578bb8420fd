"""Complex active/standby: the application's own cookie names the server, and what a balancer can do besides."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from hacomponents.testing import Response, eventually

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

    from hacomponents.testing import PairUnderTest
    from tests.integration.docker.architecture import Architecture

pytestmark = pytest.mark.integration

TABLE = {
    "    ApachePhp,": "    ApachePhp, Backend, Hdr, HttpCheck, Prometheus, StickTable,",
    "lb = Load": 'api = AppTier("api", hosts=net.hosts("api", 1), server=site)\nlb = Load',
    'cookie=Cookie("JSESSIONID", mode="prefix"),': 'stick=StickTable(Hdr("X-Real-IP")), httpchk=HttpCheck("/up.php"),',
    "DefaultServer(weight=100),": (
        "DefaultServer(weight=100, inter=1), prometheus=Prometheus(),"
        'backends=[Backend(to=api, host=["api.example.com"], path_beg=["/v1", "/v2"])],'
    ),
}
"""From the application's cookie to haproxy's own and a table, and what else a balancer can do."""
COOKIES = {
    "plain=1": "plain=1; HttpOnly; Secure",
    "secured=1;SECURE": "secured=1;SECURE; HttpOnly",
    "hidden=1; httponly; Path=/secure": "hidden=1; httponly; Path=/secure; Secure",
    "both=1; Secure; HttpOnly; SameSite=Lax": "both=1; Secure; HttpOnly; SameSite=Lax",
    "HttpOnly=1": "HttpOnly=1; HttpOnly; Secure",
}
"""What the application sets, and what the client gets."""
API = {"Host": "API.example.com:80"}
VISITORS = [[f"203.0.113.{first + number}" for number in range(6)] for first in range(1, 240, 6)]
"""Groups of them: the table of a balancer knows each from its first request on."""
OTHERS = [f"198.51.100.{number}" for number in range(1, 7)]


@pytest.fixture(scope="module")
def site(deployed: Callable[[str], AbstractContextManager[Architecture]]) -> Iterator[Architecture]:
    """The stack as it is."""
    with deployed("complex_active_standby") as architecture:
        yield architecture


@pytest.fixture(scope="module")
def table(site: Architecture) -> Architecture:
    """The same with a table, checks by a request, figures for Prometheus, a second backend, and two more pages."""
    folder = site.stack.project / "stacks" / "php_app" / "www"
    page = "".join(f'header("Set-Cookie: {cookie}", false);\n' for cookie in COOKIES)
    (folder / "cookies.php").write_text(f"<?php\n{page}")
    (folder / "v2.php").write_text('<?php require __DIR__ . "/page.php"; page("The second version");')
    site.stack.push(replace=TABLE)
    site.let_former_haproxy_end(balancers(site).holder, url(site))
    return site


def balancers(site: Architecture) -> PairUnderTest:
    """The haproxy hosts."""
    return site.pair("lb", 20)


def url(site: Architecture, path: str = "/") -> str:
    """A page behind the VIP of the web tier."""
    return f"http://{site.address(10)}{path}"


def server(answer: Response) -> str:
    """Which application server the page is from."""
    return server_of(answer.body)


def server_of(page: str) -> str:
    """The same of a page as text."""
    return str(re.findall(r"Served by</dt><dd>(.*)</dd>", page)[0])


def visits(answer: Response) -> int:
    """How often the application has seen this session."""
    return int(re.findall(r"Visits</dt><dd>(.*)</dd>", answer.body)[0])


def ask(site: Architecture, cookie: str = "", times: int = 1) -> list[Response]:
    """So many requests; all must be answered."""
    found = site.client.requests(url(site), times=times, headers={"Cookie": cookie} if cookie else {})
    assert [200] * times == [getattr(answer, "status", answer) for answer in found]
    return [answer for answer in found if isinstance(answer, Response)]


def session(site: Architecture, on: str) -> str:
    """The cookie of a new session on a server."""
    cookies = [(server(answer), answer.cookie("JSESSIONID").split(";")[0]) for answer in ask(site, times=2)]
    return next(cookie for name, cookie in cookies if name == on)


def by_address(site: Architecture, visitors: list[str]) -> dict[str, str]:
    """Visitors by their addresses, and the server that each is given by the active balancer."""
    return {each: server_of(told_by_nginx(site, "/", each)) for each in visitors}


def told_by_nginx(site: Architecture, path: str, visitor: str) -> str:
    """What the active balancer answers to a host of nginx, whose word on a visitor's address it takes; with headers."""
    page = f"http://{balancers(site).vip}:8080{path}"
    return site.pair("web", 10).holder.exec("curl", "-sSi", "-H", f"X-Real-IP: {visitor}", page)


def visitors_of_both(site: Architecture) -> dict[str, str]:
    """The first group of visitors who are not all given the same server: a busy one may fail its check for a while."""
    groups, known = iter(VISITORS), dict[str, str]()

    def are_both_given() -> bool:
        known.clear()
        known.update(by_address(site, next(groups)))
        return {"app-1", "app-2"} == set(known.values())

    eventually(are_both_given)
    return known


def figure(site: Architecture, name: str) -> float:
    """What the active balancer tells Prometheus."""
    page = site.client.succeeds(f"http://{balancers(site).holder.address}:8405/metrics").body
    return float(next(line.rpartition(" ")[2] for line in page.splitlines() if line.startswith(name)))


def replace_balancer(site: Architecture) -> None:
    """The active balancer is killed, and comes back as the standby."""
    dead, peer = balancers(site).holder, balancers(site).standby
    dead.kill()
    site.client.eventually(url(site))
    assert peer == balancers(site).holder
    dead.start()
    eventually(lambda: site.state(dead)["vrrp"]["state"] == "BACKUP", within=30)


def test_cookie_names_the_server_and_sticks(site: Architecture) -> None:
    """
    The application's cookie comes back as `app-1~VALUE; HttpOnly; Secure`, new clients go round, and who brings it
    back stays: the application sees its own session, without the prefix.
    """
    first = ask(site, times=10)
    assert {"app-1": 5, "app-2": 5} == Counter(map(server, first))

    for answer in first[:2]:
        line = answer.cookie("JSESSIONID")
        assert re.fullmatch(rf"JSESSIONID={server(answer)}~[^;~]+; path=/; HttpOnly; Secure", line)
        later = ask(site, line.split(";")[0], times=3)
        assert {server(answer)} == set(map(server, later))
        assert [2, 3, 4] == list(map(visits, later))
        assert {""} == {each.cookie("JSESSIONID") for each in later}


def test_nginx_talks_to_the_balancers_vip_only(site: Architecture) -> None:
    """
    The reverse proxy has connections to the VIP of the balancers, and to no host of theirs or of the applications.
    """
    ask(site, times=5)
    holder = site.pair("web", 10).holder
    there = holder.exec("ss", "-Htn", "state", "established", "( dport = :8080 or dport = :80 )").splitlines()

    assert {f"{balancers(site).vip}:8080"} == {line.split()[-1] for line in there}


def test_session_survives_a_failover(site: Architecture) -> None:
    """
    The active balancer is killed: sessions by the cookie are still on their servers, which know them.
    """
    cookies = {name: session(site, name) for name in ("app-1", "app-2")}

    replace_balancer(site)

    for name, cookie in cookies.items():
        answers = ask(site, cookie, times=3)
        assert ({name}, [2, 3, 4]) == (set(map(server, answers)), list(map(visits, answers)))


def test_killed_server(site: Architecture) -> None:
    """
    Apache of one server ends under load: its clients go to the other one, no request fails, and it comes back.
    """
    apache = site.host("app-2")
    with site.client.load(url(site), connections=4, keep_alive=False, think_time=0.02) as load:
        with apache.without("apache-80"):
            eventually(lambda: {"app-1"} == set(map(server, ask(site, times=4))))
        eventually(lambda: {"app-1", "app-2"} == set(map(server, ask(site, times=4))))

    assert [] == [failure.error for failure in load.report.failures]


def test_flags_are_added_once(table: Architecture) -> None:
    """
    Of several cookies, each gets the flags that it lacks, in whatever letters and order it has the others; so does
    haproxy's own, which names the server to a visitor whom its table does not know.
    """
    answer = told_by_nginx(table, "/cookies.php", "192.0.2.1")
    *cookies, inserted = re.findall(r"^set-cookie: (.*?)\r?$", answer, re.IGNORECASE | re.MULTILINE)

    assert list(COOKIES.values()) == cookies
    assert re.fullmatch(r"SERVERID=app-[12]; path=/; HttpOnly; Secure", inserted)


def test_backends_by_name_and_path(table: Architecture) -> None:
    """
    A request whose name and path are those of a backend goes there; any other goes to the tier's own.
    """
    asked = [(url(table, "/v2.php"), API), (url(table), API), (url(table, "/v2.php"), {})]
    servers = [server(table.client.succeeds(page, headers=headers)) for page, headers in asked]

    assert ("api-1", {"app"}) == (servers[0], {each.partition("-")[0] for each in servers[1:]})


def test_check_by_a_request(table: Architecture) -> None:
    """
    A server whose page is gone is taken out, though it accepts connections; Prometheus is told, and that it is back.
    """
    page = "/etc/hacomponents/current/srv/app/up.php"
    ill = table.host("app-2")

    ill.exec("mv", page, f"{page}.gone")
    try:
        eventually(lambda: figure(table, 'haproxy_server_status{proxy="app",server="app-2",state="DOWN"}') == 1)
        assert {"app-1"} == set(by_address(table, OTHERS).values())
    finally:
        ill.exec("mv", f"{page}.gone", page)
    eventually(lambda: figure(table, 'haproxy_server_status{proxy="app",server="app-2",state="UP"}') == 1)


def test_table_survives_reloads_and_a_failover(table: Architecture) -> None:
    """
    Visitors without any cookie, known by their addresses, keep their servers when both balancers are reloaded, when
    the active one is killed, and when the other one is, after it came back.
    """
    known = visitors_of_both(table)

    table.stack.push(replace={**TABLE, "port=8080,": "port=8080, retries=4,"})
    assert known == by_address(table, list(known))

    for _ in balancers(table).hosts:
        replace_balancer(table)
        assert known == by_address(table, list(known))


def test_drained_server(table: Architecture) -> None:
    """
    A server is drained under load: new clients go elsewhere, its sessions stay; then its host is removed, and its
    sessions go elsewhere too. No request fails.
    """
    page, stays, leaves = url(table), "SERVERID=app-1", "SERVERID=app-2"
    drained = {**TABLE, "inter=1),": 'inter=1), drain=["app-2"],', 'stick=StickTable(Hdr("X-Real-IP")),': ""}
    with (
        table.client.load(page, connections=2, keep_alive=False, think_time=0.02) as new,
        table.client.load(page, connections=2, think_time=0.02, headers={"Cookie": leaves}) as sticky,
    ):
        table.stack.push(replace=drained)
        table.let_former_haproxy_end(balancers(table).holder, page)
        before = [Counter(map(server, ask(table, cookie, times=8))) for cookie in ("", stays, leaves)]
        table.stack.push(replace={'net.hosts("app", 2)': 'net.hosts("app", 1)'})
        table.let_former_haproxy_end(balancers(table).holder, page)
        after = [Counter(map(server, ask(table, cookie, times=8))) for cookie in ("", stays, leaves)]

    assert [{"app-1": 8}, {"app-1": 8}, {"app-2": 8}] == before
    assert [{"app-1": 8}] * 3 == after
    assert [] == [failure.error for load in (new, sticky) for failure in load.report.failures]
