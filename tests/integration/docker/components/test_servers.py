"""Application servers of five kinds: each serves, is deployed under load, and is kept where its new release is ill."""

from __future__ import annotations

import shutil
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from hacomponents.testing import eventually
from tests.forwarded import LIES, telling, told
from tests.integration.docker.architecture import Architecture, brought_up
from tests.integration.docker.fresh import fresh_stack
from tests.integration.docker.stack import PulumiError
from tests.integration.docker.traffic import THINK_TIME

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hacomponents.testing import HostHandle

pytestmark = pytest.mark.integration

SERVERS = Path(__file__).parent / "servers"
FILES = {
    "php": "php/index.php",
    "puma": "puma/config.ru",
    "gunicorn": "gunicorn/wsgi.py",
    "tomcat": "tomcat/index.jsp",
    "command": "command/serve.py",
}
KINDS = tuple(FILES)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Architecture]:
    """The program `servers/program.py`, up."""
    stack = fresh_stack("servers", tmp_path_factory.mktemp("servers"))
    shutil.copytree(SERVERS, stack.project / "servers")
    shutil.copy(SERVERS / "program.py", stack.project / stack.program)
    with brought_up(stack) as client:
        yield Architecture(stack, client)


def hosts(site: Architecture) -> tuple[HostHandle, ...]:
    """The two boxes with all the servers."""
    return (site.host("app-1"), site.host("app-2"))


def url(site: Architecture, path: str = "/") -> str:
    """Of the balancer, which tells the servers by the Host header."""
    return f"http://{site.host('lb-1').address}:3100{path}"


def release(site: Architecture, file: str, old: str, new: str) -> None:
    """Change an application."""
    path = site.stack.project / "servers" / file
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


@pytest.mark.parametrize("kind", KINDS)
def test_it_serves(site: Architecture, kind: str) -> None:
    """
    Each server answers through the balancer, knows its secret, and is told the client's address.
    """
    secret = site.stack.secrets["secret_key_base"]
    address = site.client.exec("hostname", "--ip-address").strip()

    answer = site.client.succeeds(url(site), headers={"Host": kind})

    assert f"release 1, {len(secret)} letters, {address}" == answer.body.strip()


@pytest.mark.parametrize("headers", [{}, LIES], ids=["honest", "lies"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_client_is_not_believed(site: Architecture, kind: str, headers: dict[str, str]) -> None:
    """
    With haproxy in front, each server takes for the client's address and protocol what they are, whatever a client says
    of itself; no word of that reaches the application. Apache and Tomcat take out the header that they believe.
    """
    address = site.client.exec("hostname", "--ip-address").strip()

    answer = site.client.succeeds(url(site, "/?told"), headers={**headers, "Host": kind}).json()
    taken = {"X_FORWARDED_FOR": address} if kind in ("php", "tomcat") else {}

    assert (address, "http") == (answer["client"], answer.get("protocol", "http"))
    assert told(address) == {**taken, **telling(answer["headers"].items())}


GUARDED = {
    "php": (
        "/data/customers.csv",
        "/data/",
        "/.htaccess",
        "/data/.htaccess",
        "/.vcs/config",
        "/.hacomponents-overrides/",
    ),
    "tomcat": ("/data/customers.csv", "/.env"),
}


@pytest.mark.parametrize("kind", GUARDED)
def test_what_an_application_guards_is_not_served(site: Architecture, kind: str) -> None:
    """
    What the application denies by `.htaccess` or `web.xml`, and its hidden files, are for nobody; `.well-known` is.
    """
    headers = {"Host": kind}

    for path in GUARDED[kind]:
        answer = site.client.request(url(site, path), headers=headers)
        assert (path, 403) == (path, answer.status)
        assert "customers" not in answer.body
    site.client.succeeds(url(site, "/.well-known/known.txt"), headers=headers, contains="known")


def test_routes_are_those_of_htaccess(site: Architecture) -> None:
    """
    Apache rewrites and adds headers as the application's `.htaccess` says.
    """
    answer = site.client.succeeds(url(site, "/some/route"), headers={"Host": "php"}, contains="release")

    assert "yes" == answer.header("X-Guarded")


BROKEN = {
    "of an unknown word": (("php/data/.htaccess", "Require", "Requires"), "Rejected", "Invalid command 'Requires'"),
    "that is not allowed": (("program.py", '"All"', '"FileInfo"'), "RolledBack", "Require not allowed here"),
}


@pytest.mark.parametrize("how", BROKEN)
def test_an_htaccess_that_apache_does_not_take_stops_the_roll(site: Architecture, how: str) -> None:
    """
    An `.htaccess` that would answer 500 to whoever comes there is refused in Apache's words, on the first host.
    """
    (file, good, bad), outcome, words = BROKEN[how]
    states = [site.state(host)["release"] for host in hosts(site)]
    edited = site.stack.project / (site.stack.program if file == "program.py" else f"servers/{file}")
    text = edited.read_text()
    assert text.count(good) == 1
    edited.write_text(text.replace(good, bad))

    with pytest.raises(PulumiError, match=f"{outcome}: app-2") as refused:
        site.stack.up()
    edited.write_text(text)

    assert words in str(refused.value)
    assert states == [site.state(host)["release"] for host in hosts(site)]
    assert 403 == site.client.request(url(site, "/data/customers.csv"), headers={"Host": "php"}).status


def test_a_deploy_fails_no_request(site: Architecture) -> None:
    """
    All five are deployed at once, on one host after the other, under load: no request fails, slow ones included.
    """
    for file in FILES.values():
        release(site, file, "release 1", "release 2")

    with ExitStack() as stack:
        loads = {
            (kind, path): stack.enter_context(
                site.client.load(url(site, path), connections=2, think_time=THINK_TIME, headers={"Host": kind})
            )
            for kind in KINDS
            for path in ("/", "/?slow")
        }
        site.stack.up()

    assert {} == {of: load.report.failures for of, load in loads.items() if load.report.failures}
    assert min(load.report.requests for load in loads.values()) > 0
    for kind in KINDS:
        for _ in hosts(site):
            site.client.succeeds(url(site), headers={"Host": kind}, contains="release 2")


def test_an_ill_release_stops_the_roll(site: Architecture) -> None:
    """
    A release that does not become healthy is taken back on the first host that gets it, and gets to no other.
    """
    file, good, bad, kind = "php/up.php", '"well"', "http_response_code(500)", "php"
    states = [site.state(host)["release"] for host in hosts(site)]
    release(site, file, good, bad)

    with (
        site.client.load(url(site), connections=2, think_time=THINK_TIME, headers={"Host": kind}) as load,
        pytest.raises(PulumiError, match=r"(RolledBack|Rejected): app-2"),
    ):
        site.stack.up()
    release(site, file, bad, good)

    assert () == load.report.failures
    assert states == [site.state(host)["release"] for host in hosts(site)]
    eventually(lambda: site.client.succeeds(url(site), headers={"Host": kind}, contains="release"))
