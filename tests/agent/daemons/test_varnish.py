"""The agent with the real Varnish, in front of an origin that answers as it is asked to; and the real memcached."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlencode

import pytest

from hacomponents.render import bundle_of
from hacomponents.topology.app import App
from hacomponents.topology.cache import Cache, Probe
from hacomponents.topology.memcached import Memcached
from hacomponents.topology.network import Host, Network
from hacomponents.topology.server import Folder, Thin
from hacomponents.topology.site import Site
from tests.agent.boxes import SUBNET, Box, boxes, docker, eventually
from tests.forwarded import LIES, telling, told

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

pytestmark = pytest.mark.daemons

PORT, ORIGIN_PORT = 6081, 8200
# May purge, and may not; both are addresses of the machine itself.
NAMED, STRANGER = f"{SUBNET}.77", f"{SUBNET}.78"
REJECTED = 3
QUICK = Probe("/well", interval=0.2, timeout=5)  # an origin that is gone refuses at once; one that is busy is well

ORIGIN = f"""
import collections, http.server, json, socketserver, time, urllib.parse
asked = collections.Counter()

class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        asked[self.path] += 1
        answer = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(self.path).query))
        time.sleep(float(answer.pop("seconds", 0)))
        body = json.dumps(dict(asked=asked[self.path], headers=self.headers.items())).encode()
        self.send_response(int(answer.pop("status", 200)))
        for name, value in answer.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_GET

class Server(socketserver.ThreadingMixIn, http.server.HTTPServer):
    daemon_threads = allow_reuse_address = True

Server(("", {ORIGIN_PORT}), Handler).serve_forever()
"""

CLIENT = """
import http.client, json, sys
address, source, method, path, headers, times = json.loads(sys.argv[1])
answers = []
for _ in range(times):
    connection = http.client.HTTPConnection(address, timeout=10, source_address=(source, 0))
    connection.request(method, path, "a=b" if method == "POST" else None, headers)
    answer = connection.getresponse()
    answers.append([answer.status, dict(answer.getheaders()), answer.read().decode()])
print(json.dumps(answers))
"""


class Answer(NamedTuple):
    """What Varnish answered."""

    status: int
    headers: Mapping[str, str]
    body: str

    @property
    def asked(self) -> int:
        """How often the origin had been asked for this URL when it gave this answer."""
        return int(json.loads(self.body)["asked"])

    def received(self, name: str) -> list[str]:
        """What the origin got of a header, line by line."""
        return [value for key, value in json.loads(self.body)["headers"] if key.lower() == name.lower()]


class CacheBox:
    """A machine with Varnish, and its origin."""

    def __init__(self, box: Box) -> None:
        self.box = box

    def push(self, **settings: Any) -> tuple[int, str]:
        """Push the cache with these settings."""
        host = Host("cache-1", self.box.address)
        app = App("app", (Host("app-1", self.box.address),), Thin("app", port=ORIGIN_PORT, processes=1), Folder("app"))
        cache = Cache("cache", (host,), app, **{"probe": QUICK, "purge": (NAMED,), **settings})
        pages = Memcached("pages", (host,))
        site = Site("site", Network("net", f"{SUBNET}.0/24"), (app, cache, pages))
        return self.box.push(json.loads(bundle_of(site, host).text))

    def start_origin(self) -> None:
        """Have the origin answer, and Varnish know it."""
        docker("exec", "--detach", self.box.name, "python3", "-c", ORIGIN)
        eventually(self.is_well)

    def is_well(self) -> bool:
        """The origin answers, and Varnish knows it."""
        return self.box.answers(f"http://127.0.0.1:{ORIGIN_PORT}/well") and self.health() == "healthy"

    def stop_origin(self) -> None:
        """End it."""
        self.box.run("pkill -f [B]aseHTTPRequestHandler")

    def health(self) -> str:
        """What Varnish takes the origin for: healthy, or sick."""
        listed = self.box.run("varnishadm -n /var/lib/varnish/varnish backend.list").splitlines()
        return next((line.split()[3] for line in listed if line.startswith("release-")), "")

    def ask(
        self,
        path: str,
        *,
        method: str = "GET",
        headers: Mapping[str, str] | None = None,
        source: str = STRANGER,
        times: int = 1,
    ) -> list[Answer]:
        """Ask Varnish so many times."""
        order = [f"{self.box.address}:{PORT}", source, method, path, headers or {}, times]
        return [Answer(*answer) for answer in json.loads(self.box.python(CLIENT, json.dumps(order)))]


@pytest.fixture(scope="module")
def machine() -> Iterator[CacheBox]:
    """The machine, with an origin, and nothing pushed to it."""
    with boxes(1, "memcached nftables varnish", "agenttest-caches") as (box,):
        for address in (NAMED, STRANGER):
            box.run(f"ip address add {address}/24 dev eth0")
        yield CacheBox(box)


@pytest.fixture
def cache(machine: CacheBox) -> CacheBox:
    """Varnish, with the settings that a site begins with, before a well origin."""
    status, words = machine.push()
    assert status == 0, words
    if not machine.is_well():
        machine.start_origin()
    return machine


KEPT: Mapping[str, dict[str, str]] = {
    "max-age": {"Cache-Control": "max-age=60"},
    "s-maxage before max-age": {"Cache-Control": "max-age=0, s-maxage=60"},
    "nothing said": {},
    "not found": {"status": "404"},
    "for everybody": {"Cache-Control": "public, max-age=60", "Vary": "Accept-Encoding"},
}
NOT_KEPT: Mapping[str, dict[str, str]] = {
    "private": {"Cache-Control": "private, max-age=60"},
    "no-store": {"Cache-Control": "no-store"},
    "no-cache": {"Cache-Control": "no-cache, max-age=60"},
    "stale at once": {"Cache-Control": "max-age=0, must-revalidate"},
    "a cookie": {"Cache-Control": "public, max-age=60", "Set-Cookie": "session=1"},
    "varies by everything": {"Cache-Control": "max-age=60", "Vary": "*"},
    "an error": {"status": "500"},
    "nobody can answer": {"status": "503", "Cache-Control": "max-age=60"},
}
PASSED: Mapping[str, dict[str, Any]] = {
    "POST": {"method": "POST"},
    "Authorization": {"headers": {"Authorization": "Basic eDp5"}},
    "Cookie": {"headers": {"Cookie": "session=1"}},
}


def page(name: str, answer: Mapping[str, str] = KEPT["max-age"]) -> str:
    """A URL of its own for each test, by which the origin gives this answer."""
    return f"/{name.replace(' ', '-')}?{urlencode(answer)}"


@pytest.mark.parametrize("name", KEPT)
def test_kept(cache: CacheBox, name: str) -> None:
    """
    The origin is asked once; the second answer says that it comes from the cache, and how old it is.
    """
    first, second = cache.ask(page(name, KEPT[name]), times=2)

    assert ("miss", "hit") == (first.headers["X-Cache"], second.headers["X-Cache"])
    assert (1, 1) == (first.asked, second.asked)
    assert int(second.headers["Age"]) >= 0
    assert KEPT[name].get("Vary") == second.headers.get("Vary")


@pytest.mark.parametrize("name", NOT_KEPT)
def test_not_kept(cache: CacheBox, name: str) -> None:
    """
    What is not for everybody, or no answer at all, is asked for each time.
    """
    answers = cache.ask(page(name, NOT_KEPT[name]), times=3)

    assert "hit" not in {answer.headers.get("X-Cache") for answer in answers}
    assert {int(NOT_KEPT[name].get("status", 200))} == {answer.status for answer in answers}


@pytest.mark.parametrize("name", PASSED)
def test_passed(cache: CacheBox, name: str) -> None:
    """
    A request that may be somebody's own goes to the origin, though the cache has an answer, and changes nothing there.
    """
    url = page(name)

    before = cache.ask(url)[0]
    passed = cache.ask(url, times=2, **PASSED[name])
    after = cache.ask(url)[0]

    assert [1, 2, 3, 1] == [answer.asked for answer in (before, *passed, after)]


def test_http_and_https_are_two_answers(cache: CacheBox) -> None:
    """
    Behind a proxy that takes HTTPS, what was answered to HTTP, such as a redirect, is not given to HTTPS; nobody else
    is told that answers differ by that.
    """
    status, words = cache.push(extra_config="sub vcl_recv { set req.http.X-Forwarded-Proto = req.http.Asked-By; }")
    assert status == 0, words
    url = page("two")

    by_http, by_https = (cache.ask(url, times=2, headers={"Asked-By": scheme}) for scheme in ("http", "https"))

    assert ["miss", "hit"] * 2 == [answer.headers["X-Cache"] for answer in (*by_http, *by_https)]
    assert {None} == {answer.headers.get("Vary") for answer in (*by_http, *by_https)}


def test_a_client_cannot_choose_its_address(cache: CacheBox) -> None:
    """
    Where no tier is in front, what a client says of itself is replaced by the address that it has, in whichever words
    and spelling.
    """
    answer = cache.ask(page("who", {"Cache-Control": "private"}), headers=LIES)[0]

    assert told(STRANGER) == telling(json.loads(answer.body)["headers"])


def test_purge(cache: CacheBox) -> None:
    """
    PURGE is for the named hosts: it is refused to any other, and of a named one takes all variants of a page away.
    """
    url = page("purged")
    cache.ask(url)

    refused = cache.ask(url, method="PURGE")[0]
    kept = cache.ask(url)[0]
    purged = cache.ask(url, method="PURGE", source=NAMED)[0]
    anew = cache.ask(url)[0]

    assert (405, 200) == (refused.status, purged.status)
    assert (1, 2) == (kept.asked, anew.asked)


def test_without_an_origin(cache: CacheBox) -> None:
    """
    While the origin is gone, what the cache has is given beyond its time, at once and later; what must be asked anew
    is an error, and so is what it never had. Then all is as before.
    """
    expired = page("expired", {"Cache-Control": "max-age=1"})
    allowed = page("allowed", {"Cache-Control": "max-age=1, stale-if-error=600"})
    strict = page("strict", {"Cache-Control": "max-age=1, must-revalidate"})
    unknown = page("unknown")
    before = [cache.ask(url)[0] for url in (expired, allowed, strict)]
    eventually(lambda: cache.ask(strict)[0].asked > 1)

    cache.stop_origin()
    at_once = [cache.ask(url)[0].status for url in (expired, allowed, unknown)]
    eventually(lambda: cache.health() == "sick")
    eventually(lambda: cache.ask(strict)[0].status == 503)
    later = [cache.ask(url)[0].status for url in (expired, allowed, unknown)]
    cache.start_origin()
    after = [cache.ask(url)[0].status for url in (expired, allowed, unknown, strict)]

    assert [1, 1, 1] == [answer.asked for answer in before]
    assert [200, 200, 503] == at_once == later
    assert [200] * 4 == after


def test_a_change_of_vcl_keeps_the_cache(cache: CacheBox) -> None:
    """
    Other VCL and other times are in force at once, in the same process, with what was cached; nothing of the old VCL
    is left.
    """
    url, process = page("through a change"), cache.box.status()["services"]["varnish"]["pid"]
    cache.ask(url)

    status, words = cache.push(default_ttl=5, extra_config='sub vcl_deliver { set resp.http.X-New = "yes"; }')
    answer = cache.ask(url)[0]
    listed = (line.split() for line in cache.box.run("varnishadm -n /var/lib/varnish/varnish vcl.list").splitlines())
    known = [words[-1] for words in listed if words and words[0] != "discarded"]

    assert status == 0, words
    assert ("hit", "yes") == (answer.headers["X-Cache"], answer.headers["X-New"])
    assert process == cache.box.status()["services"]["varnish"]["pid"]
    assert "5.000" in cache.box.run("varnishadm -n /var/lib/varnish/varnish param.show default_ttl")
    assert ["release-" + cache.box.digests()["varnish"]] == known


def test_what_varnish_refuses_changes_nothing(cache: CacheBox) -> None:
    """
    VCL that Varnish refuses is reported in its words, and nothing is changed.
    """
    before = cache.box.digests()

    status, words = cache.push(extra_config="sub vcl_recv { set req.http.X-A = nonsense; }")

    assert status == REJECTED
    assert "varnish refused the new configuration" in words
    assert "'nonsense'" in words
    assert "/* ---" not in words
    assert before == cache.box.digests()


def test_another_storage_is_another_process(cache: CacheBox) -> None:
    """
    What cannot be changed while Varnish runs restarts it, which the push tells; what was under way is answered.
    """
    process = cache.box.status()["services"]["varnish"]["pid"]
    slow = page("slow", {"seconds": "2"})

    curl = ["curl", "-s", "-o", "/dev/null", "-w", "%{http_code}", f"http://{cache.box.address}:{PORT}{slow}"]
    under_way = subprocess.Popen(["docker", "exec", cache.box.name, *curl], stdout=subprocess.PIPE, text=True)
    eventually(lambda: " 1 " in cache.box.run("varnishstat -n /var/lib/varnish/varnish -1 -f 'VBE.*.conn'"))
    status, words = cache.push(storage="300m")

    assert status == 0, words
    assert "varnish: restarted, serving" in words
    assert process != cache.box.status()["services"]["varnish"]["pid"]
    assert "200" == under_way.communicate()[0]
    assert 1 == cache.ask(page("after a restart"))[0].asked


def test_killed_and_hung(cache: CacheBox) -> None:
    """
    Its supervisor starts Varnish again, and Varnish a worker of its own that ended: with the same release.
    """
    before = cache.box.digests()

    for pattern in ("varnishd -F", "cache-main"):
        cache.box.run(f"pkill -KILL -f '^{pattern}' || pkill -KILL '{pattern}'")
        eventually(lambda: cache.box.answers("http://127.0.0.1:8013/health"))
        eventually(lambda: before == cache.box.digests())


def test_memcached(cache: CacheBox) -> None:
    """
    Memcached answers on the host's own address, and on no other.
    """
    listening = cache.box.run("ss --no-header --listening --numeric --tcp --udp 'sport = 11211'").split("\n")
    state = cache.box.status()["services"]["memcached-pages"]

    assert [f"{cache.box.address}:11211"] == [line.split()[4] for line in listening if line]
    assert state["healthy"]
