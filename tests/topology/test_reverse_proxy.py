"""Reverse-proxy tiers that are refused: one line a rule, with its exact message."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from hacomponents import AppTier, Hash, MemcachedLookup, MemcachedTier, ReverseProxyTier, Status, Thin, Vip, VirtualHost
from tests.topology.declare import Network, told
from tests.topology.sites import change, rails

if TYPE_CHECKING:
    from collections.abc import Mapping

# ruff: noqa: E501  # messages are whole, so that they can be searched for

NOTHING: Mapping[str, Any] = {}
THIN = Thin(app="stacks/rails_app")


REFUSED_ALONE: Mapping[str, tuple[dict[str, Any], str]] = {
    "web_port_zero": (
        change(web={"port": 0}),
        "web.port: must be a whole number between 1 and 65535 (got 0); give one in that range",
    ),
    "web_port_is_text": (
        change(web={"port": "80"}),
        "web.port: must be a whole number between 1 and 65535 (got '80'); give one in that range",
    ),
    "web_port_is_true": (
        change(web={"port": True}),
        "web.port: must be a whole number between 1 and 65535 (got True); give one in that range",
    ),
    "server_name_with_semicolon": (
        change(web={"server_name": ("example.com; return 200",)}),
        "web.server_name[0]: must be a host name such as www.example.com, or _ (got 'example.com; return 200'); change it to that shape",
    ),
    "server_name_with_newline": (
        change(web={"server_name": ("example.com\n",)}),
        "web.server_name[0]: must be a host name such as www.example.com, or _ (got 'example.com\\n'); change it to that shape",
    ),
    "server_name_is_a_string": (
        change(web={"server_name": "example.com"}),
        "web.server_name: must be a list of names (got 'example.com'); write [\"www.example.com\"]",
    ),
    "server_name_twice": (
        change(web={"server_name": ("a.example", "a.example")}),
        "web.server_name: names one name twice (got ('a.example', 'a.example')); remove one",
    ),
    "body_size_without_number": (
        change(web={"client_max_body_size": "big"}),
        "web.client_max_body_size: must be a size such as 10m (got 'big'); change it to that shape",
    ),
    "connect_timeout_negative": (
        change(web={"proxy_connect_timeout": -1}),
        "web.proxy_connect_timeout: must be a number of seconds between 0.1 and 75 (got -1); give one in that range",
    ),
    "keepalive_negative": (
        change(web={"keepalive": -1}),
        "web.keepalive: must be a whole number between 0 and 10000 (got -1); give one in that range",
    ),
    "next_upstream_tries_zero": (
        change(web={"proxy_next_upstream_tries": 0}),
        "web.proxy_next_upstream_tries: must be a whole number between 1 and 100 (got 0); give one in that range",
    ),
    "web_extra_config_with_control_character": (
        change(web={"extra_config": "\x1b[2J"}),
        "web.extra_config: must not hold control characters but tab and newline (got '\\x1b[2J'); remove them",
    ),
    "server_name_twice_in_other_letters": (
        change(web={"server_name": ("a.example", "A.example")}),
        "web.server_name: names one name twice (got ('a.example', 'A.example')); remove one",
    ),
    "server_name_with_two_wildcards": (
        change(web={"server_name": ("*.example.*",)}),
        "web.server_name[0]: must be a host name such as www.example.com, or _ (got '*.example.*'); change it to that shape",
    ),
    "web_extra_config_that_ends_its_block": (
        change(web={"extra_config": "} server { listen 81; "}),
        "web.extra_config: must not hold a '}' that ends nothing of its own (got '} server { listen 81; '); write whole statements",
    ),
    "web_extra_config_without_its_end": (
        change(web={"extra_config": "gzip on"}),
        "web.extra_config: must end its last statement by ';' and close its blocks (got 'gzip on'); write whole statements",
    ),
    "web_extra_config_with_an_open_quote": (
        change(web={"extra_config": "return 200 'hello;"}),
        'web.extra_config: must close its quotes (got "return 200 \'hello;"); write whole statements',
    ),
    "web_extra_config_is_a_list": (
        change(web={"extra_config": ["gzip on;"]}),
        'web.extra_config: must be lines of text (got [\'gzip on;\']); give a string; for a secret in it write @@TOKEN@@, and beside it secrets={"TOKEN": config.require_secret("token")}',
    ),
    "web_extra_config_with_an_agent_mark": (
        change(web={"extra_config": "return 200 '@@secret:lb-stats-password@@';"}),
        "web.extra_config: must hold '@@' only as @@NAME@@, the name of a secret in capital letters, digits and underscores (got \"return 200 '@@secret:lb-stats-password@@';\"); remove it",
    ),
    "web_read_timeout_is_text": (
        change(web={"proxy_read_timeout": "60s"}),
        "web.proxy_read_timeout: must be a number of seconds between 0.1 and 86400 (got '60s'); give one in that range",
    ),
    "worker_connections_too_few": (
        change(web={"worker_connections": 1}),
        "web.worker_connections: must be a whole number between 16 and 65535 (got 1); give one in that range",
    ),
}


@pytest.mark.parametrize(("keywords", "message"), REFUSED_ALONE.values(), ids=REFUSED_ALONE)
def test_refused_alone(keywords: dict[str, Any], message: str) -> None:
    """
    A wrong setting of the short form is told by the path of the tier, with rule, value and remedy.
    """
    assert f"rails: 1 problem; nothing was changed\n  {message}" == told(lambda: rails(**keywords))


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

    assert message in told(partial(two_sites, **changes)).replace("\n  ", "\n").splitlines()


def with_memcached(**lookup: Any) -> None:
    """A site whose pages two memcached may have."""
    net = Network("net", cidr="10.10.0.0/24")
    app = AppTier("app", hosts=net.hosts("app", 1), server=THIN)
    pages = MemcachedTier("pages", hosts=net.hosts("pages", 2))
    ReverseProxyTier("web", hosts=net.hosts("web", 2), to=app, memcached=MemcachedLookup(**{"to": pages, **lookup}))


@pytest.mark.parametrize(
    ("lookup", "message"),
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
def test_lookup_refused(lookup: dict[str, Any], message: str) -> None:
    """
    A wrong lookup is told by its path.
    """
    assert f"net: 1 problem; nothing was changed\n  {message}" == told(partial(with_memcached, **lookup))


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
    ] == told(program).replace("\n  ", "\n").splitlines()
