"""Virtual hosts of a reverse-proxy tier: what nginx is told."""

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

# Of web-1; it follows from the network and the role's name.
ADDRESS = "10.10.0.32"
NOTHING: Mapping[str, Any] = {}
THIN = Thin(app="stacks/rails_app")


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
