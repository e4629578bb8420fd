"""rails_cached: Varnish between nginx and haproxy, memcached that nginx asks first, HTTPS and gzip."""

from __future__ import annotations

import logging
from contextlib import ExitStack
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest

from hacomponents.testing import VipWatch, eventually
from tests.integration.docker import tier as tiers
from tests.integration.docker.faults import BOUNDED, lateness
from tests.integration.docker.site import Site, basic
from tests.integration.docker.traffic import Traffic

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from contextlib import AbstractContextManager

    from hacomponents.testing import HostHandle, PairUnderTest
    from tests.integration.docker.architecture import Architecture

pytestmark = pytest.mark.integration

# A list that the application lets caches keep for a minute.
PAGE = "/notes.json"
SHORT_LIVED = "sub vcl_backend_response { set beresp.ttl = 1s; } sub vcl_deliver { set resp.http.X-New = 1; }"
BOOT = 60  # seconds until a host that was off is well
EVERY = 0.05  # seconds between two new connections
DAEMONS = {**tiers.DAEMONS, "cache": "varnishd"}
BROKEN = [
    *(("cache", failure) for failure in ("daemon killed", "daemon hung", "host killed")),
    ("web", "daemon killed"),
    ("lb", "daemon killed"),
]


@dataclass(frozen=True)
class CachedSite(Site):
    """The stack `rails_cached`, up."""

    @property
    def cache(self) -> PairUnderTest:
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

    def await_ready(self, pair: PairUnderTest) -> None:
        """Wait until a failure or a handover of this pair would be stood in for."""
        eventually(lambda: self._is_ready(pair), within=BOOT, every=0.5)

    def _is_ready(self, pair: PairUnderTest) -> bool:
        """One host has the VIP, the other one is its standby, no daemon of either is unwell, and the site answers."""
        states = [self.state(host) for host in (pair.holder, pair.standby)]
        ailing = [each["ailment"] for state in states for each in state["services"].values() if each["ailment"]]
        assert ([], ["MASTER", "BACKUP"]) == (ailing, [state["vrrp"]["state"] for state in states])
        return self.well()


@pytest.fixture(scope="module")
def site(deployed: Callable[[str], AbstractContextManager[Architecture]]) -> Iterator[CachedSite]:
    """The stack, up and well; a story that breaks something mends it."""
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
    with ExitStack() as down:
        for host in hosts:
            down.enter_context(host.without("memcached-pages"))
        return site.client.succeeds(site.url(PAGE), contains=words).header("X-Cache")


def test_change_of_vcl_then_a_dead_application(site: CachedSite) -> None:
    """
    Under load, other VCL is in force without a failed request, what was cached is still there, and the VIP stays. Then
    the application dies: a page is given beyond its time, one that no cache has is an error.
    """
    url, holder = site.page(), site.cache.holder
    site.client.succeeds(url)

    with VipWatch(site.cache) as watch, Traffic(site, 2) as traffic:
        site.stack.push(cache=f"extra_config={SHORT_LIVED!r}")
        through = site.client.succeeds(url)
    dying = site.page()
    site.client.succeeds(dying)
    site.app.exec("sh", "-c", "sv down /etc/service/thin-*")
    stale = eventually(lambda: _beyond_its_time(site, dying), within=15)
    without = site.client.request(site.page()).status
    site.heal()

    assert [] == traffic.failures
    assert [(holder.name,)] == [move.holders for move in watch.moves]
    assert ("hit", "1") == (through.header("X-Cache"), through.header("X-New"))
    assert stale > 1
    assert HTTPStatus.SERVICE_UNAVAILABLE == without


def _beyond_its_time(site: CachedSite, url: str) -> int:
    """The age of a page that may only be a second old; 0 while it is not more."""
    age = int(site.client.succeeds(url).header("Age"))
    return age if age > 1 else 0


def test_another_storage_restarts_varnish(site: CachedSite) -> None:
    """
    What Varnish cannot change while it runs restarts it, the second host first. Under load no request fails, of pages
    that are cached neither; the VIP leaves a host when that is restarted, and at no moment do two have it.
    """
    (first, second), holder = site.cache.hosts, site.cache.holder
    way = [first, second] if holder == first else [second, first, second]
    cached = site.client.load(site.page(), connections=2, think_time=0.05)

    with VipWatch(site.cache) as watch, Traffic(site, 2) as traffic, cached:
        site.stack.push(cache='storage="128m"')
    site.await_ready(site.cache)

    assert ([], ()) == (traffic.failures, cached.report.failures)
    assert all(host.processes("^varnishd .*malloc,128m ") for host in site.cache.hosts)
    assert [(host.name,) for host in way] == [move.holders for move in watch.moves if move.holders]


def test_planned_handover_of_the_caches_loses_no_request(site: CachedSite) -> None:
    """
    Varnish's VIP is handed over under load, and back when all is quiet: no request fails, nor is one sent on a
    connection that nginx has kept to the host of before.
    """
    with VipWatch(site.cache) as watch:
        with Traffic(site, 2) as traffic:
            site.cache.holder.exec("hacomponents-agent", "handover")
            site.await_ready(site.cache)
        form = site.note_form("after a handover")
        site.cache.holder.exec("hacomponents-agent", "handover")
        posted = site.client.requests(site.url("/notes"), times=4, **form)
        site.await_ready(site.cache)

    assert [] == traffic.failures
    assert [HTTPStatus.FOUND] * 4 == [getattr(answer, "status", answer) for answer in posted]
    assert () == watch.overlaps
    assert len(site.cache.hosts) == len([move for move in watch.moves[1:] if move.holders])


@pytest.mark.parametrize(("tier", "failure"), BROKEN)
def test_peer_stands_in(site: CachedSite, tier: str, failure: str) -> None:
    """
    A daemon of the chain is killed or hangs where the VIP is, or that host is off: new connections fail for no longer
    than the bound, and no more of them than come in that time; at no moment do two hosts have the VIP.
    """
    pair: PairUnderTest = getattr(site, tier)
    broken, peer = pair.holder, pair.standby
    fault = BOUNDED[failure]
    # What Rails need not answer, where another tier than the balancers fails.
    url = site.url("/up") if tier == "lb" else site.page()

    with VipWatch(pair) as watch, site.client.gap(url, every=EVERY) as gap:
        with fault.on(broken, f"^{DAEMONS[tier]}[: ]"):
            eventually(lambda: peer.holds(pair.vip))
            site.client.eventually(url)
        site.await_ready(pair)

    seen, late = gap.report, lateness(watch)
    logging.getLogger(__name__).info(
        "%s, %s: %d of %d failed, in %.2f s", tier, failure, len(seen.failures), seen.attempts, seen.longest
    )
    assert () == watch.overlaps
    assert (peer.name,) == watch.moves[-1].holders
    assert seen.longest < fault.bound + late
    # Also the caches' own checks of the balancers may be late.
    assert len(seen.failures) <= (fault.bound + 2 * late) / EVERY
