"""What a site is guarded against: clients that ask too much or lie of themselves, and what browsers are told."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from hacomponents.testing import NoAnswer, eventually
from tests.forwarded import LIE, LIES, telling, told

if TYPE_CHECKING:
    from hacomponents.testing import Client, Response
    from hacomponents.testing.client import Request
    from tests.integration.docker.components.secure import Secure

pytestmark = pytest.mark.integration

GZIP = {"Accept-Encoding": "gzip"}
SAYS = "PROXY TCP4 {} 192.0.2.1 40000 443\r\n"


def test_compression(secure: Secure) -> None:
    """
    A long answer is compressed for a client that accepts it, and caches are told that it depends on that.
    """

    def encoding(path: str, headers: dict[str, str], url: str = "https://www.example.com") -> tuple[str, str]:
        answer = secure.ask(url + path, headers=headers)
        return answer.header("Content-Encoding"), answer.header("Vary")

    assert ("gzip", "Accept-Encoding") == encoding("/long", GZIP)
    assert ("gzip", "Accept-Encoding") == encoding("/long", {**GZIP, "Via": "1.1 proxy"})
    assert ("", "Accept-Encoding") == encoding("/long", {})
    assert "" == encoding("/", GZIP)[0]
    assert ("", "") == encoding("/long", GZIP, url="http://plain.example.com")


def test_security_headers(secure: Secure) -> None:
    """
    Browsers are told to guard against what a site says nothing of, also in errors; each header comes once, and what the
    program or the application says stands.
    """

    def headers(answer: Response) -> list[str]:
        return [answer.header(name) for name in ("X-Content-Type-Options", "Referrer-Policy", "X-Frame-Options")]

    default = ["nosniff", "strict-origin-when-cross-origin", "SAMEORIGIN"]
    assert default == headers(secure.ask("http://plain.example.com/"))
    assert default == headers(secure.ask("http://plain.example.com/", method="TRACE", status=405))
    assert ["nosniff", "no-referrer", ""] == headers(secure.ask("https://www.example.com/"))
    assert ["nosniff", "unsafe-url", "unsafe-url"] == headers(secure.ask("https://www.example.com/own"))


def test_a_client_that_asks_too_often(secure: Secure) -> None:
    """
    What is more than the burst gets a 429, while another client is served; a little later the first one is, too.
    """
    url, began = "https://shop.example.com/", time.monotonic()
    answers = secure.client.requests(url, times=20, address=secure.web.vip)
    took = time.monotonic() - began
    statuses = [getattr(answer, "status", 0) for answer in answers]

    assert [200] * 4 == statuses[:4]
    assert {200, 429} == set(statuses)
    assert statuses.count(200) <= 4 + 2 * took
    secure.ask(url, client=secure.proxy)
    eventually(lambda: secure.ask(url))


def test_a_client_with_many_connections(secure: Secure) -> None:
    """
    Of four requests at a time two are served, where two connections are allowed.
    """
    url = "https://shop.example.com/slow"
    eventually(lambda: secure.ask("https://shop.example.com/"))

    # On a busy machine four clients may not come at the same time; by then the limit of the rate has forgotten them.
    eventually(lambda: [200, 200, 429, 429] == _four(secure, url), within=30, every=3)


def _four(secure: Secure, url: str) -> list[int]:
    answers = secure.client.requests(url, times=4, at_once=4, address=secure.web.vip)
    return sorted(getattr(answer, "status", 0) for answer in answers)


@pytest.mark.parametrize("headers", [{}, LIES], ids=["honest", "lies"])
def test_a_client_cannot_forge_its_address(secure: Secure, headers: dict[str, str]) -> None:
    """
    Whatever a client says of itself, the application is told the address and the protocol that it came by, and no more.
    """
    own = secure.client.exec("hostname", "-i").strip()

    assert told(own) == telling(secure.told("http://plain.example.com/", headers=headers).items())


@pytest.mark.parametrize(
    ("chain", "seen"),
    [
        ("198.51.100.9", "198.51.100.9"),
        (f"{LIE}, 198.51.100.9", "198.51.100.9"),
        ("198.51.100.9, {proxy}", "198.51.100.9"),
        (f"{LIE}, 198.51.100.9, {{proxy}}", "198.51.100.9"),
        ("nonsense", "{proxy}"),
        ("", "{proxy}"),
    ],
)
def test_a_trusted_proxy_is_believed(secure: Secure, chain: str, seen: str) -> None:
    """
    The address is the last one that no trusted proxy has; what the client wrote before it is not believed.
    """
    proxy = secure.proxy.exec("hostname", "-i").strip()
    headers = {**LIES, "X-Forwarded-For": chain.format(proxy=proxy)}

    reached = telling(secure.told("http://plain.example.com/", client=secure.proxy, headers=headers).items())

    assert told(seen.format(proxy=proxy), "https") == reached


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_the_proxy_protocol(secure: Secure, scheme: str) -> None:
    """
    A trusted balancer says by the PROXY protocol whom it speaks for; of anybody else that is not believed, and without
    it nobody is served. Headers say nothing.
    """
    inner, own = secure.host("inner-1").address, secure.client.exec("hostname", "-i").strip()
    url, preamble = f"{scheme}://{inner}/", SAYS.format("198.51.100.9")

    def reached(client: Client, status: int) -> dict[str, str]:
        how: Request = {"address": inner, "trust": "", "preamble": preamble, "headers": LIES}
        answer = secure.ask(url, client=client, status=status, **how)
        return telling(answer.json().items()) if status == 200 else {}

    if scheme == "http":
        assert {} == reached(secure.proxy, 308)
    else:
        assert told("198.51.100.9", "https") == reached(secure.proxy, 200)
        assert told(own, "https") == reached(secure.client, 200)
    with pytest.raises(NoAnswer):
        secure.client.request(url)
