"""Hostile texts in every field of the model: refused by name, or nothing but a value where a value belongs."""

from __future__ import annotations

import dataclasses
import importlib
import pkgutil
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

import hacomponents.topology
from hacomponents.agent.bundle import parse
from hacomponents.agent.daemons import KINDS
from hacomponents.render import bundle_of
from hacomponents.topology.app import App
from hacomponents.topology.cache import Cache
from hacomponents.topology.certificate import Certificate
from hacomponents.topology.firewall import Firewall
from hacomponents.topology.load_balancer import (
    Backend,
    BackendSettings,
    Cook,
    Cookie,
    Frontend,
    Hdr,
    HttpCheck,
    LoadBalancer,
    Prometheus,
    Stats,
    StickTable,
)
from hacomponents.topology.network import Host, Network
from hacomponents.topology.openings import Opening
from hacomponents.topology.pair import Pair, Process, Url
from hacomponents.topology.platform import Platform
from hacomponents.topology.reverse_proxy import Gzip, Hash, MemcachedLookup, ReverseProxy, Status, Tls, VirtualHost
from hacomponents.topology.rules import problems
from hacomponents.topology.secret import Secret
from hacomponents.topology.server import ApachePhp, Folder, Server, Thin
from hacomponents.topology.settings import Rule
from hacomponents.topology.site import Site
from hacomponents.topology.tier import Endpoint, Listener, Service, Tier
from hacomponents.topology.vip import Vip, Vrrp2
from tests.certificates import CERTIFICATE
from tests.render import parsing
from tests.render.hostile_caches import caches
from tests.render.hostile_servers import servers

if TYPE_CHECKING:
    from collections.abc import Iterator

BEGIN, END = "7begin", "7end"
MARKS = {
    "nginx": (f"set $a {BEGIN};", f"set $a {END};"),
    "haproxy": (f"http-request set-header A {BEGIN}", f"http-request set-header A {END}"),
    "apache": (f"SetEnv A {BEGIN}", f"SetEnv A {END}"),
    "varnish": (f"include {BEGIN};", f"include {END};"),
}
"""Lines around a hostile `extra_config`: they must stay where they are, and so must all that is before and after."""
LANGUAGES = {VirtualHost: "nginx", Backend: "haproxy", LoadBalancer: "haproxy", ApachePhp: "apache", Cache: "varnish"}


HEADERS = {"X-Special7": "words7"}


def _hosts(role: str, first: int, count: int = 2) -> tuple[Host, ...]:
    return tuple(Host(f"{role}-{each + 1}", f"10.10.0.{first + each}", f"eth{first + each}") for each in range(count))


def _secret(name: str) -> Secret:
    return Secret(name, "0123456789abcdef", 8, clean=True)


def _tls() -> Tls:
    key = Secret("tls7", "0123456789abcdef", 8, clean=False, pem="PRIVATE KEY", public_key="7a")
    return Tls(Certificate(CERTIFICATE, ("certificate7.com",), "7a"), key)


def _backend(api: App) -> Backend:
    """A second one, with conditions."""
    extra = "\n".join(MARKS["haproxy"])
    return Backend(
        to=api,
        host=("api.name7.com",),
        path_beg=("/api7/",),
        cookie_flags=("HttpOnly",),
        weights={"hostg-2": 7},
        drain=("hostg-1",),
        extra_config=extra,
    )


def whole() -> Site:
    """A site with a text in every field that may have one; each text that is rendered is its own."""
    app = App(
        "apptier",
        _hosts("hosta", 40, 1),
        Thin(
            app="rack7dir",
            environment="staging7",
            health="/health7",
            packages=("ruby7-rack",),
            env={"LANG7": "value7"},
            secret_env={"KEY7": _secret("key7")},
        ),
        Folder("rack7dir", {"config.ru": b"run App\n", "name7.txt": b"text"}),
        clients=("10.10.7.48/28",),
    )
    vip = Vip("10.10.0.20", virtual_ipaddress_excluded=("10.10.0.21",))
    stats = Stats(_secret("stats7"), user="user7", uri="/uri7", realm="realm7")
    extra = "\n".join(MARKS["haproxy"])
    lb_hosts, web_hosts = _hosts("hostb", 60), _hosts("hostc", 80)
    api = App("apitier", _hosts("hostg", 160, 2), Thin("api7dir"), Folder("api7dir", {"config.ru": b"run App\n"}))
    lb = LoadBalancer(
        "lbtier",
        lb_hosts,
        app,
        vip,
        backends=(_backend(api),),
        balance=Hdr("balance7"),
        cookie=Cookie("cookie7"),
        cookie_flags=("Secure",),
        httpchk=HttpCheck("/check7", host="check7.com", status="207"),
        stick=StickTable(Cook("stick7")),
        weights={"hosta-1": 7},
        drain=("hosta-1-3000",),
        stats=stats,
        prometheus=Prometheus(path="/metrics7"),
        extra_config=extra,
    )
    front = Vip("10.10.0.10", vrrp=Vrrp2(_secret("pass7")))
    extra = "\n".join(MARKS["nginx"])
    varnish, pages = caches(app, "\n".join(MARKS["varnish"]))
    shop = VirtualHost(
        "shop7",
        lb,
        server_name=("www.name7.com", "*.name8.com"),
        extra_config=extra,
        redirect_from=("moved7.com",),
        client_max_body_size="17m",
        balance=Hash("$arg_key7"),
        proxy_next_upstream=("error", "http_429"),
        memcached=MemcachedLookup(pages, "$arg_page7"),
    )
    # Before the other, whose fields of the same names are those that are tried: a certificate is for its site's names.
    blog = VirtualHost("blog7", lb, tls=_tls(), gzip=Gzip(types=("text/gzip7",)), headers=HEADERS)
    web = ReverseProxy(
        "webtier", web_hosts, (blog, shop), front, trusted_proxies=("10.7.0.0/16",), status=Status(("10.10.7.0/24",))
    )
    both = tuple(
        dataclasses.replace(host, address6=f"fd00:10::{index}0") for index, host in enumerate(_hosts("hostf", 140), 1)
    )
    pairs = (
        Pair("pairb", lb_hosts, vip, None, "lbtier.vip"),
        Pair("pairc", web_hosts, front, None, "webtier.vip"),
        Pair("paird", _hosts("hostd", 100), Vip("10.10.0.30"), Process("process7"), "db.vip"),
        Pair("paire", _hosts("hoste", 120), Vip("10.10.0.31"), Url("http://127.0.0.1:7/url7"), "kv.vip"),
        Pair("pairf", both, (Vip("fd00:10::33"), Vip("10.10.0.32", interface="ether7", notify="#!/bin/notify7\n"))),
    )
    return Site(
        "site7",
        Network("net7", "10.10.0.0/24", "fd00:10::/64", Firewall(("10.97.0.0/16",), ("10.98.0.0/16",))),
        (app, api, varnish, pages, lb, web, *pairs),
    )


class Place(NamedTuple):
    """Where a text stands: in a field, as it is, as one of a tuple, or as a key or a value of a mapping."""

    owner: Any
    field: str
    of: str
    index: Any
    text: str

    def __str__(self) -> str:
        return f"{type(self.owner).__name__}.{self.field}{'' if self.of == 'text' else f' ({self.of} {self.index})'}"

    def put(self, text: str) -> Any:
        """The owner with another text here."""
        value = getattr(self.owner, self.field)
        if self.of == "key":
            value = {text if key == self.index else key: entry for key, entry in value.items()}
        elif self.of == "value":
            value = {**value, self.index: text}
        elif self.of == "item":
            value = (*value[: self.index], text, *value[self.index + 1 :])
        else:
            value = text
        return dataclasses.replace(self.owner, **{self.field: value})


def places(node: Any, seen: set[int] | None = None) -> Iterator[Place]:
    """Every text in a site, each owner once."""
    seen = set() if seen is None else seen
    if isinstance(node, tuple):
        for each in node:
            yield from places(each, seen)
    # The table of platforms is the library's own.
    if not dataclasses.is_dataclass(node) or isinstance(node, Platform) or id(node) in seen:
        return
    seen.add(id(node))
    for field in dataclasses.fields(node):
        value = getattr(node, field.name)
        if isinstance(value, str):
            yield Place(node, field.name, "text", None, value)
        elif isinstance(value, dict):
            yield from (Place(node, field.name, "key", key, key) for key in value)
            yield from (
                Place(node, field.name, "value", key, each) for key, each in value.items() if isinstance(each, str)
            )
            yield from places(tuple(value.values()), seen)
        elif isinstance(value, tuple):
            texts = ((index, each) for index, each in enumerate(value) if isinstance(each, str))
            yield from (Place(node, field.name, "item", index, each) for index, each in texts)
            yield from places(value, seen)
        else:
            yield from places(value, seen)


def swapped(node: Any, old: Any, new: Any, done: dict[int, Any]) -> Any:
    """A site with an object replaced wherever it stands; what shared an object shares it still."""
    if node is old:
        return new
    if id(node) in done:
        return done[id(node)]
    result = node
    if isinstance(node, tuple):
        result = tuple(swapped(each, old, new, done) for each in node)
    elif isinstance(node, dict):
        result = {key: swapped(each, old, new, done) for key, each in node.items()}
    elif dataclasses.is_dataclass(node) and not isinstance(node, type):
        fields = (field.name for field in dataclasses.fields(node))
        result = dataclasses.replace(node, **{name: swapped(getattr(node, name), old, new, done) for name in fields})
    done[id(node)] = result
    return result


# A text that both have is tried in the first one.
SITES = (whole(), Site("site7", Network("net7", "10.10.0.0/24", firewall=None), servers("\n".join(MARKS["apache"]))))
PLACES = {str(place): (place, site) for site in reversed(SITES) for place in places(site)}


def rendered(site: Site) -> list[Any]:
    """What all hosts get, as their daemons and their agent read it; in the order of the hosts."""
    hosts = dict.fromkeys(host for tier in site.tiers for host in tier.hosts)
    texts = [bundle_of(site, host).text for host in hosts]
    for text in texts:
        parse(text, KINDS)
    return [parsing.bundle(text) for text in texts]


def leaves(tree: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], Any]]:
    """Every word of a tree with its place; keys are words too, so a mapping is the list of its sorted items."""
    items = [list(each) for each in sorted(tree.items())] if isinstance(tree, dict) else tree
    if isinstance(items, list):
        yield at, len(items)
        for index, each in enumerate(items):
            yield from leaves(each, (*at, index))
    else:
        yield at, items


def exchanged(tree: Any, old: str, new: str) -> Any:
    """A tree with one text in the place of another, inside words and keys."""
    if isinstance(tree, dict):
        return {exchanged(key, old, new): exchanged(each, old, new) for key, each in tree.items()}
    if isinstance(tree, list):
        return [exchanged(each, old, new) for each in tree]
    return tree.replace(old, new) if isinstance(tree, str) and old else tree


def in_variables(header: str) -> str:
    """How nginx's variables call a header."""
    return header.lower().replace("-", "_")


def same_words(expected: list[Any], found: list[Any]) -> None:
    """Both trees have the same words in the same places."""
    wanted, got = dict(leaves(expected)), dict(leaves(found))
    assert {} == {
        at: (wanted.get(at), got.get(at)) for at in wanted.keys() | got.keys() if wanted.get(at) != got.get(at)
    }


def without_extra(tree: Any) -> Any:
    """A tree without what stands between the marks, which stand in one block."""
    if isinstance(tree, dict):
        return {key: without_extra(each) for key, each in tree.items()}
    if not isinstance(tree, list):
        return tree
    first = [index for index, each in enumerate(tree) if isinstance(each, list) and each[-1:] == [BEGIN]]
    last = [index for index, each in enumerate(tree) if isinstance(each, list) and each[-1:] == [END]]
    assert len(first) == len(last) <= 1
    kept = [*tree[: first[0] + 1], *tree[last[0] :]] if first else tree
    return [without_extra(each) for each in kept]


def names(problem_path: str, place: Place) -> bool:
    """Whether the path of a problem leads to the field."""
    if isinstance(place.owner, Certificate):
        return ".tls." in problem_path
    held = {
        "tls7": "tls.key",
        "key7": "secret_env",
        "key8": "secret_env",
        "stats7": "stats.password",
        "pass7": "auth_pass",
    }
    if isinstance(place.owner, Host) and (".weights" in problem_path or ".drain" in problem_path):
        return True  # where a host is called by its name
    field = held[place.owner.name] if isinstance(place.owner, Secret) else place.field
    if isinstance(place.owner, Folder):  # settings may name a file
        return any(word in problem_path for word in (".app", ".wsgi_app", ".virtual_hosts"))
    return field in problem_path


MEANINGFUL = " \t\n\r\"'`{}[]();:#!$%&|<>*?=,\\@/.-_~a7\x00\x0b\x7f\u2028\ud800\u00e9"
# Nothing at all is a value of its own, and other lines follow from it.
OPTIONAL = ("address6", "cidr6", "interface", "notify")
KNOWN = (
    *(
        "@@secret:key7@@",
        "@@digest:nginx@@",
        "@@maxconn:9@@",
        "x" * 5000,
        "a b",
        "a;b",
        "a\nb",
        "a #b",
        "a\\",
        '"',
        "'",
    ),
    *(
        "include{}",
        "}",
        "{",
        "} server { listen 99; ",
        "frontend f\n bind :99",
        '"frontend" f',
        ".if 0",
        "$http_host",
        "${HOME}",
    ),
    *(
        "no",
        "null",
        "1.0",
        "0x1f",
        "~",
        "-",
        "..",
        "../../x",
        "%[src]",
        "|id",
        "`id`",
        "\u202eabc",
        "a ",
        " a",
        "!x",
        "*x",
    ),
)
HOSTILE = st.text(st.sampled_from(MEANINGFUL), max_size=12) | st.text(max_size=30)


@pytest.mark.parametrize("name", PLACES)
def test_a_hostile_text(name: str, *, thorough: bool) -> None:
    """
    A hostile text in a field is refused by the field's name; else every daemon reads the same words as with a
    harmless one, but for this value.
    """
    place, site = PLACES[name]
    is_extra = place.field == "extra_config"
    harmless = rendered(site)
    first, last = MARKS[LANGUAGES.get(type(place.owner), "haproxy")]

    @settings(max_examples=500 if thorough else 20, deadline=None, suppress_health_check=list(HealthCheck))
    @given(HOSTILE)
    def is_refused_or_harmless(text: str) -> None:
        assume(text or place.field not in OPTIONAL)
        assume((place.field, text) != ("server_name", "_"))  # any name at all, by documentation, and not a value
        told = list(problems(swapped(site, place.owner, place.put(text), {})))
        if told:
            assert any(names(problem.path, place) for problem in told), list(map(str, told))
        elif is_extra:
            marked = place.put(f"{first}\n{text}\n{last}")
            same_words(without_extra(harmless), without_extra(rendered(swapped(site, place.owner, marked, {}))))
        else:
            found = rendered(swapped(site, place.owner, place.put(text), {}))
            expected = exchanged(harmless, place.text, text)
            if place.field == "headers" and place.of == "key":
                expected = exchanged(expected, in_variables(place.text), in_variables(text))
            same_words(expected, found)

    for text in KNOWN:
        is_refused_or_harmless = example(text)(is_refused_or_harmless)
    is_refused_or_harmless()


def test_no_field_is_forgotten() -> None:
    """
    Every field of the model that may hold a text is among those that are tried.
    """
    modules = pkgutil.iter_modules(hacomponents.topology.__path__, "hacomponents.topology.")
    things = [thing for module in modules for thing in vars(importlib.import_module(module.name)).values()]
    model = {kind for kind in things if isinstance(kind, type) and dataclasses.is_dataclass(kind)}
    declared = {
        f"{kind.__name__}.{field.name}"
        for kind in model
        - {BackendSettings, Endpoint, Frontend, Listener, Opening, Platform, Rule, Server, Service, Tier}
        if kind.__module__.startswith("hacomponents.topology")
        for field in dataclasses.fields(kind)
        if "str" in str(field.type)
    }

    assert declared
    assert set() == declared - {name.partition(" (")[0] for name in PLACES}
