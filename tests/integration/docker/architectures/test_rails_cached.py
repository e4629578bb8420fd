"""Rails with two caches (R6): Varnish between nginx and haproxy, memcached that nginx asks first, HTTPS and gzip."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest

from tests.integration.docker.site import Site, basic

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from contextlib import AbstractContextManager

    from hacomponents.testing import HostHandle, Pair
    from tests.integration.docker.architecture import Architecture

pytestmark = pytest.mark.integration

# A list that the application lets caches keep for a minute.
PAGE = "/notes.json"


@dataclass(frozen=True)
class CachedSite(Site):
    """The stack `rails_cached`, up."""

    @property
    def cache(self) -> Pair:
        """The hosts with Varnish."""
        return self.pair("cache", 15)

    @property
    def pages(self) -> tuple[HostHandle, ...]:
        """The hosts with memcached."""
        return self.host("pages-1"), self.host("pages-2")

    @property
    def hosts(self) -> tuple[HostHandle, ...]:
        """All of them."""
        return (*super().hosts, *self.cache.hosts, *self.pages)

    def url(self, path: str) -> str:
        """A page behind the VIP of the web tier."""
        return f"https://{self.web.vip}{path}"

    def page(self) -> str:
        """A page that may be cached, and is nowhere yet."""
        return self.url(f"{PAGE}?{uuid4().hex}")

    def asked(self) -> int:
        """How many requests have reached the application, by the balancers' word."""
        return sum(int(self.backend(host)["stot"]) for host in self.lb.hosts)


@pytest.fixture(scope="module")
def site(deployed: Callable[[str], AbstractContextManager[Architecture]]) -> Iterator[CachedSite]:
    """The stack, up and well."""
    with deployed("rails_cached") as architecture:
        site = CachedSite(architecture.stack, architecture.client)
        site.heal()
        yield site


def test_second_request_is_a_hit(site: CachedSite) -> None:
    """
    The application is asked for a page once; the second answer comes from Varnish, is the same, and tells its age.
    """
    url, before = site.page(), site.asked()

    first, second = (site.client.succeeds(url) for _ in range(2))

    assert ("miss", "hit") == (first.header("X-Cache"), second.header("X-Cache"))
    assert first.body == second.body
    assert second.header("Age")
    assert 1 == site.asked() - before


@pytest.mark.parametrize(
    ("path", "headers"),
    [("/", {}), (PAGE, basic("visitor", "password")), (PAGE, {"Cookie": "anything=1"})],
    ids=["an_answer_with_set_cookie", "an_authorised_request", "a_request_with_a_cookie"],
)
def test_never_cached(site: CachedSite, path: str, headers: Mapping[str, str]) -> None:
    """
    What may be somebody's own is asked of the application each time.
    """
    before = site.asked()

    answers = [site.client.succeeds(site.url(path), headers=headers) for _ in range(3)]

    assert {"miss"} == {answer.header("X-Cache") for answer in answers}
    assert len(answers) == site.asked() - before


def test_the_client_reaches_the_application(site: CachedSite) -> None:
    """
    Through nginx, Varnish and haproxy: the application sees the client's own address once, whatever that claims, the
    host that it asked for, and that it came by HTTPS.
    """
    forged = dict.fromkeys(("X-Forwarded-For", "X-Real-IP"), "6.6.6.6")
    own = site.client.exec("hostname", "-i").strip()

    seen = site.client.succeeds(site.url("/whoami"), headers=forged).json()
    redirect = site.client.request(site.url("/notes"), **site.note_form("by HTTPS")).header("Location")

    assert (own, own, site.web.vip) == (seen["x_forwarded_for"], seen["x_real_ip"], seen["host"])
    assert redirect == site.url("/")


def test_https_and_gzip(site: CachedSite) -> None:
    """
    HTTP leads to HTTPS, with the certificate that the hosts have; pages are compressed for who accepts it.
    """
    client = site.client
    certificate = site.web.holder.exec("cat", "/etc/hacomponents/current/etc/nginx/tls/web.pem")
    insecure = client.request(f"http://{site.web.vip}{PAGE}")
    plain, packed = (
        client.succeeds(site.url("/"), headers={"Accept-Encoding": how}, trust=certificate)
        for how in ("identity", "gzip")
    )

    assert (308, site.url(PAGE)) == (insecure.status, insecure.header("Location"))
    assert ("", "gzip") == (plain.header("Content-Encoding"), packed.header("Content-Encoding"))


def test_purge(site: CachedSite) -> None:
    """
    The application's host may purge a page of each cache; a host in front may not, and so nobody by way of nginx.
    """
    url = site.page()
    path = url.removeprefix(site.url(""))
    site.client.succeeds(url)

    def purge(host: HostHandle) -> list[str]:
        options = ["-s", "-o", "/dev/null", "-w", "%{http_code}", "-X", "PURGE", "-H", f"Host: {site.web.vip}"]
        urls = [f"http://{cache.address}:6081{path}" for cache in site.cache.hosts]
        return [host.exec("curl", *options, url) for url in urls]

    refused = purge(site.web.holder)
    by_nginx = site.client.request(url, method="PURGE").status
    kept = site.client.succeeds(url).header("X-Cache")
    purged = purge(site.app)
    gone = site.client.succeeds(url).header("X-Cache")

    assert (["405", "405"], 405, "hit") == (refused, by_nginx, kept)
    assert (["200", "200"], "miss") == (purged, gone)


def test_memcached(site: CachedSite) -> None:
    """
    After a new note the list comes from memcached, at once with the note, and asks neither Varnish nor the application;
    with one memcached or none, the site goes on.
    """
    words = uuid4().hex
    posted = site.client.request(site.url("/notes"), **site.note_form(words))
    before = site.asked()

    from_memory = [site.client.succeeds(site.url(PAGE), contains=words) for _ in range(4)]
    asked = site.asked() - before
    with_one = _without(site, site.pages[:1], words)
    with_none = _without(site, site.pages, words)

    assert HTTPStatus.FOUND == posted.status
    assert ({""}, 0) == ({answer.header("X-Cache") for answer in from_memory}, asked)
    assert {"application/json"} == {answer.header("Content-Type") for answer in from_memory}
    assert ("", "miss") == (with_one, with_none)


def _without(site: CachedSite, hosts: tuple[HostHandle, ...], words: str) -> str:
    """What Varnish says of the list while memcached is dead on some hosts."""
    for host in hosts:
        host.exec("sv", "stop", "/etc/service/memcached-pages")
    try:
        return site.client.succeeds(site.url(PAGE), contains=words).header("X-Cache")
    finally:
        for host in hosts:
            host.exec("sv", "up", "/etc/service/memcached-pages")
