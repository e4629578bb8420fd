"""Virtual hosts of a reverse-proxy tier: what nginx is told, and what is refused."""

from __future__ import annotations

import json
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from hacomponents import AppTier, Hash, MemcachedLookup, MemcachedTier, ReverseProxyTier, Status, Thin, Vip, VirtualHost
from hacomponents.docker import Network
from tests.components.program import run
from tests.render import parsing

if TYPE_CHECKING:
    from collections.abc import Mapping

# ruff: noqa: E501  # messages are whole, so that they can be searched for

# Of web-1; it follows from the network and the role's name.
ADDRESS = "10.10.0.32"
NOTHING: Mapping[str, Any] = {}
THIN = Thin(app="stacks/rails_app")


def change(**keywords: Any) -> dict[str, Any]:
    """Keywords that a row changes; of any type, since wrong types are among them."""
    return keywords


def two_sites(
    shop: Mapping[str, Any] = NOTHING, blog: Mapping[str, Any] = NOTHING, web: Mapping[str, Any] = NOTHING
) -> None:
    """Two sites on one tier, each with a tier of its own behind; each mapping overrides keywords."""
    net = Network("net", cidr="10.10.0.0/24")
    sites = [
        VirtualHost(
            **{
                "name": name,
                "to": AppTier(name, hosts=net.hosts(name, 2), server=THIN),
                "server_name": [f"{name}.example"],
                **changes,
            }
        )
        for name, changes in (("shop", shop), ("blog", blog))
    ]
    ReverseProxyTier(**{"name": "web", "hosts": net.hosts("web", 2), "vip": Vip("10.10.0.10"), "sites": sites, **web})


def one_site(*, colocated: bool = False, **web: Any) -> None:
    """The short form: the settings of the only site are given to the tier."""
    net = Network("net", cidr="10.10.0.0/24")
    hosts = net.hosts("app", 2)
    app = AppTier("app", hosts=hosts, server=THIN)
    ReverseProxyTier(**{"name": "web", "hosts": hosts if colocated else net.hosts("web", 2), "to": app, **web})


class Nginx:
    """nginx.conf of the first host of a program, as nginx reads it."""

    def __init__(self, program: partial[None], host: str = "web-1") -> None:
        result = run(program)
        assert "" == result.error
        self.result = result
        text = json.loads(result.of_host(f"{host}-push").inputs["stdin"])["files"]["/etc/nginx/nginx.conf"]["content"]
        (self._http,) = (each[1] for each in parsing.nginx(text) if each[0] == "http")

    def upstream(self, name: str) -> list[list[str]]:
        """The statements of an upstream."""
        return next(each[2] for each in self._http if each[:2] == ["upstream", name])

    def server(self, name: str) -> list[Any]:
        """The statements of the server that a name leads to."""
        return next(each[1] for each in self._http if each[0] == "server" and ["server_name", name] in each[1])


@pytest.fixture(scope="module")
def two() -> Nginx:
    """Two sites that have nothing but their names and tiers."""
    return Nginx(partial(two_sites))


@pytest.mark.parametrize("name", ["shop", "blog"])
def test_each_site_has_its_upstream_and_logs(two: Nginx, name: str) -> None:
    """
    Each of two sites has its own servers behind it, and its own access and error log.
    """
    server = two.server(f"{name}.example")
    (location,) = (each[2] for each in server if each[:2] == ["location", "/"])

    assert ["proxy_pass", f"http://{name}"] in location
    assert ["access_log", f"/var/log/nginx/{name}.access.log", "main", "buffer=32k", "flush=1s"] in server
    assert ["error_log", f"/var/log/nginx/{name}.error.log"] in server
    assert two.upstream("shop") != two.upstream("blog")


def test_unknown_names_get_no_answer(two: Nginx) -> None:
    """
    A name of none of the sites is answered by closing the connection.
    """
    assert [["listen", "10.10.0.10:80", "default_server"], ["server_name", "_"], ["return", "444"]] == two.server("_")


def test_tiers_behind_serve_first(two: Nginx) -> None:
    """
    Nginx is pushed to after the hosts of every tier that its sites name.
    """
    behind = {"net.shop-1-push", "net.shop-2-push", "net.blog-1-push", "net.blog-2-push"}
    assert behind <= set(two.result.of_host("web-2-push").dependencies)


@pytest.mark.parametrize(
    ("balance", "directive"),
    [
        ("round_robin", None),
        ("least_conn", ["least_conn"]),
        ("ip_hash", ["ip_hash"]),
        (Hash("$request_uri"), ["hash", "$request_uri", "consistent"]),
        (Hash("$host$uri", consistent=False), ["hash", "$host$uri"]),
    ],
)
def test_balance(balance: str | Hash, directive: list[str] | None) -> None:
    """
    Nginx's own methods; the method stands before `keepalive`, where nginx wants it.
    """
    upstream = Nginx(partial(one_site, balance=balance)).upstream("web")

    kept = ("keepalive", "keepalive_timeout", "keepalive_time")
    methods = [each for each in upstream if each[0] not in ("zone", "server", *kept)]
    assert methods == ([directive] if directive else [])
    assert ["zone", *(each[0] for each in methods), "server", *kept] == list(
        dict.fromkeys(each[0] for each in upstream)
    )


@pytest.mark.parametrize(
    ("balance", "backups"), [("round_robin", 1), ("least_conn", 1), ("ip_hash", 0), (Hash("$request_uri"), 0)]
)
def test_own_host_first_where_nothing_sticks(balance: str | Hash, backups: int) -> None:
    """
    On hosts that are also behind, nginx asks its own one first; not where the request says which server it goes to.
    """
    upstream = Nginx(partial(one_site, colocated=True, balance=balance, vip=Vip("10.10.0.10")), "app-1").upstream("web")

    servers = {each[1].split(":")[0] for each in upstream if each[0] == "server" and each[-1] == "backup"}
    assert backups == len(servers)


def test_redirect_from_other_names() -> None:
    """
    Other names of a site lead to its first one, with the path and the port that the client asked for.
    """
    redirect = Nginx(partial(two_sites, {"redirect_from": ["shop.test"]})).server("shop.test")

    assert ["return", "308", "$scheme://shop.example$asked_port$request_uri"] in redirect
    assert ["listen", "10.10.0.10:80"] in redirect


def test_status_page() -> None:
    """
    Nginx's counters on the host's own address, for those who are allowed.
    """
    server = Nginx(partial(one_site, status=Status(["10.10.0.0/24", "192.168.7.9"]))).server("status")

    (location,) = (each[3] for each in server if each[:3] == ["location", "=", "/status"])
    assert [["stub_status"], ["allow", "10.10.0.0/24"], ["allow", "192.168.7.9"], ["deny", "all"]] == location
    assert ["listen", f"{ADDRESS}:8081"] in server


def with_memcached(**lookup: Any) -> None:
    """A site whose pages two memcached may have."""
    net = Network("net", cidr="10.10.0.0/24")
    app = AppTier("app", hosts=net.hosts("app", 1), server=THIN)
    pages = MemcachedTier("pages", hosts=net.hosts("pages", 2))
    ReverseProxyTier("web", hosts=net.hosts("web", 2), to=app, memcached=MemcachedLookup(**{"to": pages, **lookup}))


def test_memcached_is_asked_first() -> None:
    """
    Nginx asks one memcached after the other for a page; what they do not have comes from the tier behind.
    """
    nginx = Nginx(partial(with_memcached, key="page:$uri"))
    server = nginx.server("_")
    (lookup, behind) = (each[2] for each in server if each[0] == "location")

    assert ["set", "$memcached_key", "page:$uri"] in lookup
    assert ["memcached_pass", "web_memcached"] in lookup
    assert ["memcached_next_upstream", "error", "timeout", "not_found"] in lookup
    assert ["error_page", "404", "405", "502", "504", "=", "@behind"] in lookup
    assert ["proxy_pass", "http://web"] in behind
    assert ["server", "server", "keepalive"] == [each[0] for each in nginx.upstream("web_memcached")]


def test_memcached_is_there_before_it_is_asked() -> None:
    """
    Nginx is pushed to after the hosts of memcached.
    """
    result = run(with_memcached)
    assert {"net.pages-1-push", "net.pages-2-push"} <= set(result.of_host("web-2-push").dependencies)


@pytest.mark.parametrize(
    ("lookup", "told"),
    [
        (
            {"to": "pages"},
            "web.memcached.to: must be a tier (got 'pages'); pass the tier behind, not its name or address",
        ),
        (
            {"key": "all pages"},
            "web.memcached.key: must be text with variables of nginx, such as $host$request_uri (got 'all pages'); change it to that shape",
        ),
    ],
)
def test_lookup_refused(lookup: dict[str, Any], told: str) -> None:
    """
    A wrong lookup is told by its path.
    """
    assert told in run(partial(with_memcached, **lookup)).error.replace("\n  ", "\n").splitlines()


REFUSED: Mapping[str, tuple[dict[str, Any], str]] = {
    "both_forms": (
        change(web={"server_name": ["www.example"]}),
        "web.sites: cannot stand beside `to` and the settings of a single site; move those into a VirtualHost(...) of their own, or remove one of both",
    ),
    "neither_form": (
        change(web={"sites": ()}),
        "web.sites: must hold at least one virtual host; give to=..., or sites=[VirtualHost(...)]",
    ),
    "settings_without_a_tier": (
        change(web={"sites": (), "keepalive": 8}),
        "web.to: must be a tier (got None); pass the tier behind, not its name or address",
    ),
    "site_is_a_string": (
        change(web={"sites": ["shop"]}),
        "web.sites[0]: must be a VirtualHost (got 'shop'); write VirtualHost(\"shop\", to=...)",
    ),
    "to_is_a_name": (
        change(blog={"to": "blog"}),
        "web.sites[1].to: must be a tier (got 'blog'); pass the tier behind, not its name or address",
    ),
    "site_name_twice": (
        change(blog={"name": "shop"}),
        "web.sites[1].name: shop is already the name of web.sites[0]; rename one of them: upstreams and logs are called so",
    ),
    "site_name_with_a_slash": (
        change(shop={"name": "../shop"}),
        "web.sites[0].name: must be lower-case letters, digits and hyphens, 30 at most (got '../shop'); change it to that shape",
    ),
    "server_name_of_two_sites": (
        change(blog={"server_name": ["blog.example", "Shop.Example"]}),
        "web.sites[1].server_name: shop.example already belongs to web.sites[0].server_name; remove one of them",
    ),
    "any_name_of_two_sites": (
        change(shop={"server_name": ["_"]}, blog={"server_name": ["_"]}),
        "web.sites[1].server_name: any name already belongs to web.sites[0].server_name; remove one of them",
    ),
    "no_server_name": (
        change(shop={"server_name": []}),
        'web.sites[0].server_name: must hold a name (got []); write ["www.example.com"]',
    ),
    "redirect_from_a_name_that_is_served": (
        change(blog={"redirect_from": ["shop.example"]}),
        "web.sites[1].redirect_from: shop.example already belongs to web.sites[0].server_name; remove one of them",
    ),
    "redirect_to_any_name": (
        change(shop={"server_name": ["_"], "redirect_from": ["shop.test"]}),
        "web.sites[0].redirect_from: leads to the first server_name, which is no single host name (got '_'); put one first, such as \"www.example.com\"",
    ),
    "redirect_to_a_wildcard": (
        change(shop={"server_name": ["*.example"], "redirect_from": ["shop.test"]}),
        "web.sites[0].redirect_from: leads to the first server_name, which is no single host name (got '*.example'); put one first, such as \"www.example.com\"",
    ),
    "redirect_is_a_string": (
        change(shop={"redirect_from": "shop.test"}),
        "web.sites[0].redirect_from: must be a list of names (got 'shop.test'); write [\"www.example.com\"]",
    ),
    "balance_of_haproxy": (
        change(shop={"balance": "roundrobin"}),
        "web.sites[0].balance: must be one of round_robin, least_conn, ip_hash, or a Hash (got 'roundrobin'); choose one of them, or write Hash(\"$request_uri\")",
    ),
    "hash_of_the_same_for_all": (
        change(shop={"balance": Hash("uri")}),
        "web.sites[0].balance.key: must be text with variables of nginx, such as $host$request_uri (got 'uri'); change it to that shape",
    ),
    "hash_that_ends_its_statement": (
        change(shop={"balance": Hash("$uri; server 10.0.0.1")}),
        "web.sites[0].balance.key: must be text with variables of nginx, such as $host$request_uri (got '$uri; server 10.0.0.1'); change it to that shape",
    ),
    "hash_consistent_is_text": (
        change(shop={"balance": Hash("$uri", **change(consistent="yes"))}),
        "web.sites[0].balance.consistent: must be True or False (got 'yes'); give one of them",
    ),
    "next_upstream_is_a_string": (
        change(shop={"proxy_next_upstream": "error"}),
        'web.sites[0].proxy_next_upstream: must be a list of words (got \'error\'); write ["error", "timeout"], or ["off"]',
    ),
    "next_upstream_repeats_what_was_sent": (
        change(shop={"proxy_next_upstream": ["error", "non_idempotent"]}),
        "web.sites[0].proxy_next_upstream[1]: must be one of error, timeout, invalid_header, http_500, http_502, http_503, http_504, http_403, http_404, http_429, off (got 'non_idempotent'); choose one of them",
    ),
    "next_upstream_off_and_on": (
        change(shop={"proxy_next_upstream": ["off", "error"]}),
        "web.sites[0].proxy_next_upstream: must hold each word once, and off alone (got ['off', 'error']); remove the others",
    ),
    "memcached_is_true": (
        change(shop={"memcached": True}),
        "web.sites[0].memcached: must be a MemcachedLookup (got True); write MemcachedLookup(to=...)",
    ),
    "status_is_true": (
        change(web={"status": True}),
        "web.status: must be a Status (got True); write Status(allow=[...])",
    ),
    "status_for_a_string": (
        change(web={"status": Status("10.10.0.0/24")}),
        "web.status.allow: must be a list of subnets (got '10.10.0.0/24'); write [\"10.10.0.0/24\"]",
    ),
    "status_for_host_bits": (
        change(web={"status": Status(["10.10.0.5/24"])}),
        "web.status.allow[0]: must be an address or a subnet such as 10.10.0.0/24 (got '10.10.0.5/24'); correct it",
    ),
    "status_on_the_port_of_the_sites": (
        change(web={"status": Status(["10.10.0.0/24"], port=80)}),
        "web.status.port: 80 is taken on the same host by web.port; choose another port",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused(name: str) -> None:
    """
    A wrong setting is told by its path, with rule, value and remedy.
    """
    changes, message = REFUSED[name]

    result = run(partial(two_sites, **changes))

    assert message in result.error.replace("\n  ", "\n").splitlines()


def test_memcached_serves_no_pages_itself() -> None:
    """
    Memcached as the tier behind, and any other tier as the one to look pages up in, is told.
    """

    def program() -> None:
        net = Network("net", cidr="10.10.0.0/24")
        app = AppTier("app", hosts=net.hosts("app", 2), server=THIN)
        pages = MemcachedTier("pages", hosts=net.hosts("pages", 2))
        ReverseProxyTier("web", hosts=net.hosts("web", 2), to=pages, memcached=MemcachedLookup(to=app))

    assert [
        "net: 2 problems; nothing was changed",
        "web.to: pages does not speak HTTP; write memcached=MemcachedLookup(to=...)",
        "web.memcached.to: app is no memcached tier; pass a MemcachedTier",
    ] == run(program).error.replace("\n  ", "\n").splitlines()
