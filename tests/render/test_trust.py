"""What an application is told of a client: by whoever stands in front of the site, whatever the client says of itself.

The words of a client are told apart as the daemons read their files; that they do so is shown by requests through the
stacks of each kind of application server (`tests/integration/docker/components`).
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest

from hacomponents.render import bundle_of
from hacomponents.topology.app import App
from hacomponents.topology.cache import Cache
from hacomponents.topology.load_balancer import Backend, LoadBalancer
from hacomponents.topology.network import Host, Network
from hacomponents.topology.pair import Pair
from hacomponents.topology.reverse_proxy import ReverseProxy, VirtualHost
from hacomponents.topology.rules import problems
from hacomponents.topology.server import ApachePhp, Folder, Gunicorn, Thin, Tomcat
from hacomponents.topology.site import Site
from hacomponents.topology.vip import Vip
from tests.forwarded import SAID_BY_NOBODY, spellings
from tests.render import parsing

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hacomponents.topology.server import Server
    from hacomponents.topology.tier import Tier

NETWORK = Network("net", "10.10.0.0/24", "fd00:10::/64")
HOSTS = {
    role: tuple(Host(f"{role}-{each}", f"10.10.0.{each}", address6=f"fd00:10::{each}") for each in (first, first + 1))
    for role, first in {"app": 101, "nginx": 31, "varnish": 41, "haproxy": 61, "outer": 81}.items()
}
FOLDER = Folder("app", {"config.ru": b"run App\n", "wsgi.py": b"application = print\n", "index.php": b""})
ADDRESS, PROTOCOL, NOTHING = "the client's address", "the client's protocol", "nothing"
# What an application may believe of these: what the tier in front knows, or nothing.
TOLD = {
    "X-Forwarded-For": ADDRESS,
    "X-Real-IP": ADDRESS,
    "X-Forwarded-Proto": PROTOCOL,
    **dict.fromkeys(SAID_BY_NOBODY, NOTHING),
}
MEANS = {
    **dict.fromkeys(("$remote_addr", "%[src]", "client.ip"), ADDRESS),
    **dict.fromkeys(("$scheme", "$forwarded_proto", "http", '"http"'), PROTOCOL),
    "": NOTHING,
}


def app(server: Server | None = None) -> App:
    """The application."""
    return App("app", HOSTS["app"], server or Thin("app", processes=1), FOLDER)


def tier(kind: str, to: Tier, hosts: tuple[Host, ...] | None = None, vip: Vip | None = None, **settings: Any) -> Tier:
    """A tier of a kind, in front of another."""
    hosts = hosts or HOSTS[kind]
    match kind:
        case "nginx":
            return ReverseProxy(kind, hosts, (VirtualHost("site", to),), vip, **settings)
        case "varnish":
            return Cache(kind, hosts, to, vip, **settings)
    return LoadBalancer(kind, hosts, to, vip, cookie=None, **settings)


def chain(*kinds: str, server: Server | None = None) -> dict[str, Tier]:
    """The tiers of a chain, by kind; the first one is that of clients."""
    tiers: dict[str, Tier] = {"app": app(server)}
    behind = tiers["app"]
    for kind in reversed(kinds):
        tiers[kind] = behind = tier(kind, behind)
    return tiers


def file(tiers: Mapping[str, Tier], kind: str, name: str) -> Any:
    """A file of the first host of a kind, by the end of its name, as its daemon reads it."""
    pairs = [Pair(f"{each.name}-vip", each.hosts, vip) for each in tiers.values() if (vip := vars(each).get("vip"))]
    site = Site("site", NETWORK, (*tiers.values(), *pairs))
    assert [] == list(problems(site))
    files = json.loads(bundle_of(site, tiers[kind].hosts[0]).text)["files"]
    (path,) = (path for path in files if path.endswith(name))
    read = next(read for end, read in parsing.READERS.items() if path.endswith(end))
    return read(files[path]["content"])


@dataclass(frozen=True)
class Said:
    """What becomes of what a request says of where it comes from.

    Args:
        strangers: header to what is told of a client, as `TOLD` has it.
        believed: the addresses whose words stay as they are.
    """

    strangers: Mapping[str, str]
    believed: set[str]


def of_nginx(tiers: Mapping[str, Tier], kind: str = "nginx") -> Said:
    """What nginx does. A header that it is not told to send differently stays as it is, unless its name has a `_`."""
    (http,) = (block[-1] for block in file(tiers, kind, "nginx.conf") if block[0] == "http")
    (site,) = (block[-1] for block in http if block[0] == "server" and ["server_name", "_"] in block[-1])
    (location,) = (block[-1] for block in site if block[:2] == ["location", "/"])
    headers = {words[1]: MEANS[words[2]] for words in location if words[0] == "proxy_set_header" and words[2] in MEANS}
    plain = {name: headers.get(name, "as said") for name in TOLD}
    spelled = {other: NOTHING for name in TOLD for other in spellings(name) if "_" in other}
    believed = {words[1] for words in http if words[0] == "set_real_ip_from"}
    assert ["underscores_in_headers", "on"] not in http
    return Said({**plain, **spelled}, believed)


def of_haproxy(tiers: Mapping[str, Tier], kind: str = "haproxy") -> Said:
    """What each frontend of haproxy does."""
    sections = [each for each in file(tiers, kind, "haproxy.cfg") if each and each[0][0] == "frontend"]
    found = [_frontend(section) for section in sections if section[0][1].startswith(kind)]
    assert len({str(each) for each in found}) == 1
    return found[0]


def _frontend(section: list[list[str]]) -> Said:
    believed = {word for line in section if line[:3] == ["acl", "in_front", "src"] for word in line[3:]}
    condition = ["unless", "in_front"] if believed else []
    told = {spelled: "as said" for name in TOLD for spelled in spellings(name)}
    for line in section:
        match line:
            case ["http-request", "del-header", pattern, "-m", "reg", *when] if when == condition:
                told.update({name: NOTHING for name in told if re.search(pattern, name.lower())})
            case ["http-request", "set-header", name, value, *when] if when == condition:
                told[name] = MEANS[value]
    return Said(told, believed)


def of_varnish(tiers: Mapping[str, Tier], kind: str = "varnish") -> Said:
    """What Varnish does."""
    vcl = file(tiers, kind, "default.vcl")
    (front,) = (block[-1] for block in vcl if block[:2] == ["acl", "front"])
    (receive,) = (block[-1] for block in vcl if block[:2] == ["sub", "vcl_recv"])
    (strangers,) = (block[-1] for block in receive if block[0] == "else")
    called = [words[1] for words in strangers if words[0] == "call"]
    bodies = [block[-1] for block in vcl if block[0] == "sub" and block[1] in called]
    told = {spelled: "as said" for name in TOLD for spelled in spellings(name)}
    for words in [*(each for body in bodies for each in body), *strangers]:
        match words:
            case ["unset", name]:
                told[name.removeprefix("req.http.")] = NOTHING
            case ["set", name, "=", value]:
                told[name.removeprefix("req.http.")] = MEANS[value]
    return Said(told, {words[0].strip('"') for words in front})


READ = {"nginx": of_nginx, "haproxy": of_haproxy, "varnish": of_varnish}


@cache
def alone(front: str) -> Said:
    """What a tier does with nobody in front of it."""
    return READ[front](chain(front))


WORDS = {spelled: told if spelled == name else NOTHING for name, told in TOLD.items() for spelled in spellings(name)}


@pytest.mark.parametrize("header", WORDS)
@pytest.mark.parametrize("front", READ)
def test_a_client_is_not_believed(front: str, header: str) -> None:
    """
    Whoever is in front of a site tells the application what it knows of a client; what that says of itself, in
    whichever spelling, does not get past it. Nobody is believed.
    """
    said = alone(front)

    assert WORDS[header] == said.strangers[header]
    assert set() == said.believed


CHAINS = [
    ("nginx", "haproxy"),
    ("nginx", "varnish"),
    ("haproxy", "nginx"),
    ("haproxy", "varnish"),
    ("varnish", "nginx"),
    ("varnish", "haproxy"),
    ("nginx", "varnish", "haproxy"),
    ("haproxy", "varnish", "nginx"),
]


@pytest.mark.parametrize("kinds", CHAINS, ids=" ".join)
def test_the_tier_in_front_alone_is_believed(kinds: tuple[str, ...]) -> None:
    """
    Each tier of a chain believes the hosts of the tier in front of it, on all their addresses, and nobody else; what
    anybody else says is treated as a client's words are.
    """
    tiers = chain(*kinds)

    for front, kind in zip((None, *kinds), kinds, strict=False):
        said = READ[kind](tiers)
        assert {address for host in HOSTS.get(front or "", ()) for address in host.addresses} == said.believed
        assert WORDS == {header: said.strangers[header] for header in WORDS}


@pytest.mark.parametrize("kind", READ)
def test_a_tier_behind_another_of_its_kind(kind: str) -> None:
    """
    A balancer behind a balancer, and the like, believes the one in front.
    """
    inner = tier(kind, app())
    outer = {"nginx": ReverseProxy, "varnish": Cache, "haproxy": LoadBalancer}[kind]
    target: Any = (VirtualHost("site", inner),) if kind == "nginx" else inner
    tiers = {"app": app(), kind: inner, "outer": outer("outer", HOSTS["outer"], target)}

    assert {address for host in HOSTS["outer"] for address in host.addresses} == READ[kind](tiers).believed


@pytest.mark.parametrize("kind", READ)
def test_on_the_same_hosts(kind: str) -> None:
    """
    A tier in front on the same hosts asks from the VIP of the tier behind, too: both ends of such a connection have it.
    """
    front = next(other for other in READ if other != kind)
    behind = tier(kind, app(), vip=Vip("10.10.0.20", virtual_ipaddress_excluded=("fd00:10::20",)))
    tiers = {"app": app(), kind: behind, front: tier(front, behind, hosts=HOSTS[kind])}

    hosts = {address for host in HOSTS[kind] for address in host.addresses}
    assert {*hosts, "10.10.0.20", "fd00:10::20"} == READ[kind](tiers).believed
    assert set() == READ[front](tiers).believed


def test_every_port_of_a_balancer() -> None:
    """
    A balancer believes clients on none of its ports, whichever backend has brought it.
    """
    other = App("other", HOSTS["outer"], Thin("app", processes=1), FOLDER)
    lb = tier("haproxy", app(), backends=(Backend(to=other, port=8080, cookie=None),))

    said = of_haproxy({"app": app(), "other": other, "haproxy": lb})

    assert WORDS == {header: said.strangers[header] for header in WORDS}


def test_proxies_outside_of_the_site() -> None:
    """
    The program names proxies that nginx believes beside the tier in front; a network that is both is told once.
    """
    own = HOSTS["haproxy"][0].address
    nginx = tier("nginx", app(), trusted_proxies=(f"{own}/32", "192.0.2.0/24"))
    tiers = {"app": app(), "nginx": nginx, "haproxy": tier("haproxy", nginx)}

    assert {*(each for host in HOSTS["haproxy"] for each in host.addresses), "192.0.2.0/24"} == of_nginx(tiers).believed


def test_by_the_proxy_protocol() -> None:
    """
    Haproxy tells of the client that it was told of itself. Of the protocol, nginx believes haproxy's header, and that
    of nobody else who speaks PROXY; without such others, nobody needs to be named.
    """
    nginx = tier("nginx", app(), trusted_proxies=("192.0.2.0/24",), proxy_protocol=True)
    lb = tier("haproxy", nginx)
    outer = ReverseProxy("outer", HOSTS["outer"], (VirtualHost("site", lb),))
    tiers = {"app": app(), "nginx": nginx, "haproxy": lb, "outer": outer}
    hosts = {address for host in HOSTS["haproxy"] for address in host.addresses}

    (http,) = (block[-1] for block in file(tiers, "nginx", "nginx.conf") if block[0] == "http")
    (trusted,) = (block[-1] for block in http if block[:2] == ["geo", "$realip_remote_addr"])
    (backend,) = (each for each in file(tiers, "haproxy", "haproxy.cfg") if each and each[0] == ["backend", "nginx"])

    assert {*hosts, "192.0.2.0/24"} == of_nginx(tiers).believed
    assert ["real_ip_header", "proxy_protocol"] in http
    assert hosts == {words[0] for words in trusted if words[0] != "default"}
    assert ["http-request", "set-src", "req.hdr_ip(x-forwarded-for,-1)"] in backend
    unnamed = tier("nginx", app(), proxy_protocol=True)
    assert hosts == of_nginx({"app": app(), "nginx": unnamed, "haproxy": tier("haproxy", unnamed)}).believed


def test_locations_of_the_program() -> None:
    """
    A location of `extra_config` that sets no headers of its own tells an application no word of a client, either.
    """
    extra = "location /api/ { proxy_pass http://site; }"
    nginx = ReverseProxy("nginx", HOSTS["nginx"], (VirtualHost("site", app(), extra_config=extra),))
    (http,) = (block[-1] for block in file({"app": app(), "nginx": nginx}, "nginx", "nginx.conf") if block[0] == "http")

    inherited = {words[1]: MEANS[words[2]] for words in http if words[0] == "proxy_set_header"}

    assert TOLD == inherited


SERVERS: dict[str, tuple[Server, str]] = {
    "apache": (ApachePhp("app"), "/apache2/app.conf"),
    "gunicorn": (Gunicorn("app"), "/gunicorn/app.py"),
    "tomcat": (Tomcat("app"), "/tomcat10/app.xml"),
}


@pytest.mark.parametrize("front", READ)
@pytest.mark.parametrize("kind", SERVERS)
def test_application_servers(kind: str, front: str) -> None:
    """
    Application servers that can tell proxies from others believe the hosts of the tier in front of them, and nobody
    where there is none.
    """
    server, name = SERVERS[kind]
    tiers = chain(front, server=server)

    assert {address for host in HOSTS[front] for address in host.addresses} == _believed(file(tiers, "app", name))
    assert set() == _believed(file({"app": tiers["app"]}, "app", name))


def _believed(content: Any) -> set[str]:
    """The addresses that a server's file names as its proxies."""
    text = json.dumps(content)
    return set(re.findall(r"10\.10\.0\.[3-9]\d|fd00:10::\d+", re.sub(r"\\+", "", text)))
