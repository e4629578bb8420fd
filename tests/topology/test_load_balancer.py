"""Bad inputs to the load-balancer tier: one line a rule, with its exact message."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from hacomponents import (
    AppTier,
    Backend,
    CacheTier,
    Cook,
    Cookie,
    DefaultServer,
    Hdr,
    HttpCheck,
    LoadBalancerTier,
    MemcachedTier,
    Prometheus,
    Stats,
    StickTable,
    Thin,
    Timeouts,
    Uri,
    Vip,
)
from tests.topology.declare import Network, told

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

# ruff: noqa: E501  # messages are whole, so that they can be searched for

THIN = Thin(app="stacks/rails_app", processes=2)


def site(settings: Callable[[AppTier], dict[str, Any]]) -> LoadBalancerTier:
    """A balancer in front of `app`; what it has beside that may be in front of `api`."""
    net = Network("net", cidr="10.10.0.0/24")
    app = AppTier("app", hosts=net.hosts("app", 2), server=THIN)
    api = AppTier("api", hosts=net.hosts("api", 2), server=THIN)
    return LoadBalancerTier("lb", hosts=net.hosts("lb", 2), to=app, vip=Vip("10.10.0.20"), **settings(api))


def own(**settings: Any) -> Callable[[AppTier], dict[str, Any]]:
    """Settings of the tier itself."""
    return lambda _: settings


def stats(**settings: Any) -> Stats:
    """A statistics page, good but for these settings."""
    return Stats(**{"password": "correct-horse", **settings})


def further(*conditions: Mapping[str, Any], **settings: Any) -> Callable[[AppTier], dict[str, Any]]:
    """Backends with `api` behind them, and settings of the tier itself."""
    return lambda api: {**settings, "backends": [Backend(**{"to": api, **each}) for each in conditions]}


REFUSED: Mapping[str, tuple[Callable[[AppTier], dict[str, Any]], str]] = {
    "header_with_a_colon": (
        own(balance=Hdr("X-User:")),
        "lb.balance.name: must be a header's name such as X-Real-IP (got 'X-User:'); change it to that shape",
    ),
    "depth_negative": (
        own(balance=Uri(-1)),
        "lb.balance.depth: must be a whole number between 0 and 100 (got -1); give one in that range",
    ),
    "hash_type_unknown": (
        own(balance="source", hash_type="random"),
        "lb.hash_type: must be one of consistent, map-based (got 'random'); choose one of them",
    ),
    "cookie_mode_unknown": (
        own(cookie=Cookie(mode="rewrite")),
        "lb.cookie.mode: must be one of insert, prefix (got 'rewrite'); choose one of them",
    ),
    "secure_for_the_applications_cookie": (
        own(cookie=Cookie("JSESSIONID", mode="prefix", secure=True)),
        'lb.cookie.secure: is for a cookie that haproxy makes, and this one is the application\'s (got True); write cookie_flags=("Secure",) beside the cookie',
    ),
    "cookie_flag_unknown": (
        own(cookie_flags=("Partitioned",)),
        "lb.cookie_flags[0]: must be one of HttpOnly, Secure (got 'Partitioned'); choose one of them",
    ),
    "cookie_flag_twice": (
        own(cookie_flags=("Secure", "Secure")),
        "lb.cookie_flags: names one flag twice (got ('Secure', 'Secure')); remove one",
    ),
    "cookie_flags_is_a_string": (
        own(cookie_flags="Secure"),
        'lb.cookie_flags: must be a list of flags (got \'Secure\'); write ("HttpOnly", "Secure")',
    ),
    "stick_is_a_string": (own(stick="src"), "lb.stick: must be a StickTable (got 'src'); write StickTable(...)"),
    "stick_on_a_fetch": (
        own(stick=StickTable("req.hdr(X) if TRUE")),
        "lb.stick.on: must be \"src\", Hdr(name) or Cook(name) (got 'req.hdr(X) if TRUE'); choose one of them",
    ),
    "stick_on_a_cookie_with_a_bracket": (
        own(stick=StickTable(Cook("a)"))),
        "lb.stick.on.name: must be letters, digits and _ . - (got 'a)'); change it to that shape",
    ),
    "stick_table_of_nothing": (
        own(stick=StickTable(size=0)),
        "lb.stick.size: must be a whole number between 1 and 10000000 (got 0); give one in that range",
    ),
    "stick_table_for_ever": (
        own(stick=StickTable(expire=10**9)),
        "lb.stick.expire: must be a number of seconds between 1 and 604800 (got 1000000000); give one in that range",
    ),
    "check_of_another_method": (
        own(httpchk=HttpCheck(method="POST")),
        "lb.httpchk.method: must be one of GET, HEAD, OPTIONS (got 'POST'); choose one of them",
    ),
    "check_with_a_blank": (
        own(httpchk=HttpCheck("/up HTTP/1.0")),
        "lb.httpchk.uri: must be a path such as /up (got '/up HTTP/1.0'); change it to that shape",
    ),
    "check_of_a_host_with_a_port": (
        own(httpchk=HttpCheck(host="a:80")),
        "lb.httpchk.host: must be a host name such as www.example.com (got 'a:80'); change it to that shape",
    ),
    "check_of_a_status_in_words": (
        own(httpchk=HttpCheck(status="2xx")),
        "lb.httpchk.status: must be a status such as 200, or 200-399 (got '2xx'); change it to that shape",
    ),
    "check_of_statuses_backwards": (
        own(httpchk=HttpCheck(status="399-200")),
        "lb.httpchk.status: must begin with the lower status (got '399-200'); exchange them",
    ),
    "server_weight_zero": (
        own(default_server=DefaultServer(weight=0)),
        "lb.default_server.weight: must be a whole number between 1 and 256 (got 0); give one in that range",
    ),
    "weight_zero": (
        own(weights={"app-2": 0}),
        "lb.weights['app-2']: must be a whole number between 1 and 256 (got 0); give one in that range",
    ),
    "weights_is_a_list": (
        own(weights=[1, 2]),
        'lb.weights: must be a dict of names to weights (got [1, 2]); write {"app-2": 50}',
    ),
    "weights_where_they_mean_nothing": (
        own(balance="first", weights={"app-2": 2}),
        "lb.weights: means nothing to balance first (got {'app-2': 2}); leave them out, or choose another",
    ),
    "drain_is_a_string": (own(drain="app-2"), "lb.drain: must be a list of names (got 'app-2'); write [\"app-2\"]"),
    "prometheus_path_with_a_brace": (
        own(prometheus=Prometheus(path="/metrics } if TRUE")),
        "lb.prometheus.path: must be a path such as /metrics (got '/metrics } if TRUE'); change it to that shape",
    ),
    "backends_is_a_tier": (
        lambda api: {"backends": api.tier},
        "lb.backends: must be a list of backends (got ANY); write [Backend(to=...)]",
    ),
    "backend_is_a_string": (
        own(backends=["api"]),
        "lb.backends[0]: must be a Backend (got 'api'); write Backend(to=...)",
    ),
    "backend_to_a_name": (
        further({"to": "api", "host": ["api.example.com"]}),
        "lb.backends[0].to: must be a tier (got 'api'); pass the tier behind, not its name or address",
    ),
    "backend_host_with_a_wildcard": (
        further({"host": ["*.example.com"]}),
        "lb.backends[0].host[0]: must be a host name such as api.example.com (got '*.example.com'); change it to that shape",
    ),
    "backend_host_is_a_string": (
        further({"host": "api.example.com"}),
        "lb.backends[0].host: must be a list (got 'api.example.com'); write ['api.example.com']",
    ),
    "backend_path_with_a_blank": (
        further({"path_beg": ["/api /v2"]}),
        "lb.backends[0].path_beg[0]: must be the beginning of a path, such as /api/ (got '/api /v2'); change it to that shape",
    ),
    "backend_port_of_the_tier_in_words": (
        further({"port": "3100"}),
        "lb.backends[0].port: must be a whole number between 1 and 65535 (got '3100'); give one in that range",
    ),
    "backend_without_a_condition": (
        further({}),
        "lb.backends[0]: takes every request, and leaves none for lb.to; give it a host, a path_beg or a port",
    ),
    "backend_of_one_tier_twice": (
        further({"host": ["a.example.com"]}, {"path_beg": ["/a/"]}),
        "lb.backends[1].to: api is behind lb.backends[0].to already; write one backend with all conditions",
    ),
    "lb_extra_config_that_begins_a_section": (
        own(extra_config="listen other\n  bind :81"),
        "lb.extra_config: must be lines of the backend, and 'listen' begins something else (got 'listen other\\n  bind :81'); write whole statements",
    ),
    "lb_extra_config_with_an_open_quote": (
        own(extra_config='http-request set-header A "b'),
        "lb.extra_config: must close its quotes on the same line (got 'http-request set-header A \"b'); write whole statements",
    ),
    "lb_port_too_large": (
        own(port=65536),
        "lb.port: must be a whole number between 1 and 65535 (got 65536); give one in that range",
    ),
    "balance_unknown": (
        own(balance="fastest"),
        "lb.balance: must be one of roundrobin, static-rr, leastconn, first, source, random, or Uri() or Hdr(name) (got 'fastest'); choose one of them",
    ),
    "balance_with_newline": (
        own(balance="roundrobin\noption httpclose"),
        "lb.balance: must be one of roundrobin, static-rr, leastconn, first, source, random, or Uri() or Hdr(name) (got 'roundrobin\\noption httpclose'); choose one of them",
    ),
    "maxconn_zero": (
        own(maxconn=0),
        "lb.maxconn: must be a whole number between 1 and 1000000 (got 0); give one in that range",
    ),
    "nbthread_zero": (
        own(nbthread=0),
        "lb.nbthread: must be a whole number between 1 and 64 (got 0); give one in that range",
    ),
    "retries_negative": (
        own(retries=-1),
        "lb.retries: must be a whole number between 0 and 100 (got -1); give one in that range",
    ),
    "redispatch_is_text": (own(redispatch="yes"), "lb.redispatch: must be True or False (got 'yes'); give one of them"),
    "log_facility_single": (
        own(log=("local0",)),
        'lb.log: must be two facilities (got (\'local0\',)); give ("local0", "local1")',
    ),
    "log_facility_unknown": (
        own(log=("local0", "local9")),
        "lb.log[1]: must be one of local0, local1, local2, local3, local4, local5, local6, local7, daemon, user (got 'local9'); choose one of them",
    ),
    "cookie_name_with_blank": (
        own(cookie=Cookie("SERVER ID")),
        "lb.cookie.name: must be letters, digits and _ . - (got 'SERVER ID'); change it to that shape",
    ),
    "cookie_is_a_string": (own(cookie="SERVERID"), "lb.cookie: must be a Cookie (got 'SERVERID'); write Cookie(...)"),
    "server_maxconn_zero": (
        own(default_server=DefaultServer(maxconn=0)),
        "lb.default_server.maxconn: must be a whole number between 1 and 65535 (got 0); give one in that range",
    ),
    "check_interval_zero": (
        own(default_server=DefaultServer(inter=0)),
        "lb.default_server.inter: must be a number of seconds between 0.1 and 3600 (got 0); give one in that range",
    ),
    "fall_zero": (
        own(default_server=DefaultServer(fall=0)),
        "lb.default_server.fall: must be a whole number between 1 and 100 (got 0); give one in that range",
    ),
    "default_server_missing": (
        own(default_server=None),
        "lb.default_server: must be a DefaultServer (got None); write DefaultServer(...)",
    ),
    "queue_timeout_zero": (
        own(timeout=Timeouts(queue=0)),
        "lb.timeout.queue: must be a number of seconds between 0.001 and 86400 (got 0); give one in that range",
    ),
    "client_timeout_is_text": (
        own(timeout=Timeouts(client="50s")),  # type: ignore[arg-type]
        "lb.timeout.client: must be a number of seconds between 0.001 and 86400 (got '50s'); give one in that range",
    ),
    "stats_port_too_large": (
        own(stats=stats(port=70000)),
        "lb.stats.port: must be a whole number between 1 and 65535 (got 70000); give one in that range",
    ),
    "stats_uri_with_blank": (
        own(stats=stats(uri="/my stats")),
        "lb.stats.uri: must be a path such as /my_stats (got '/my stats'); change it to that shape",
    ),
    "stats_realm_with_quote": (
        own(stats=stats(realm='Global" statistics')),
        "lb.stats.realm: must be words without quotes or backslashes (got 'Global\" statistics'); change it to that shape",
    ),
    "stats_realm_with_newline": (
        own(stats=stats(realm="Global\nstats admin if TRUE")),
        "lb.stats.realm: must be words without quotes or backslashes (got 'Global\\nstats admin if TRUE'); change it to that shape",
    ),
    "stats_user_with_colon": (
        own(stats=stats(user="admin:admin")),
        "lb.stats.user: must be letters, digits and _ . - (got 'admin:admin'); change it to that shape",
    ),
    "stats_password_missing": (
        own(stats=stats(password=None)),
        'lb.stats.password: must be a secret text; give config.require_secret("token"), which is set by: pulumi config set --secret token',
    ),
    "stats_password_empty": (
        own(stats=stats(password="")),
        "lb.stats.password: must have letters, digits and marks only, and no quote, brace, '$' or '|'; choose another",
    ),
    "stats_password_with_blank": (
        own(stats=stats(password="two words")),
        "lb.stats.password: must have letters, digits and marks only, and no quote, brace, '$' or '|'; choose another",
    ),
    "stats_password_with_newline": (
        own(stats=stats(password="a\nstats admin if TRUE")),
        "lb.stats.password: must have letters, digits and marks only, and no quote, brace, '$' or '|'; choose another",
    ),
    "lb_extra_config_with_control_character": (
        own(extra_config="option httpclose\x00"),
        "lb.extra_config: must not hold control characters but tab and newline (got 'option httpclose\\x00'); remove them",
    ),
}


@pytest.mark.parametrize(("settings", "message"), REFUSED.values(), ids=REFUSED)
def test_refused(settings: Callable[[AppTier], dict[str, Any]], message: str) -> None:
    """
    A bad input is refused with path, rule, value and remedy.
    """
    error = told(partial(site, settings))
    first, _, rest = message.partition("ANY")

    assert error.startswith(f"net: 1 problem; nothing was changed\n  {first}")
    assert error.endswith(rest)


def reached(first: Mapping[str, Any], second: Mapping[str, Any]) -> str:
    """What is said of two backends, one after the other."""

    def program() -> None:
        net = Network("net", cidr="10.10.0.0/24")
        app, api, shop = (AppTier(name, hosts=net.hosts(name, 2), server=THIN) for name in ("app", "api", "shop"))
        backends = [Backend(**{"to": api, **first}), Backend(**{"to": shop, **second})]
        LoadBalancerTier("lb", hosts=net.hosts("lb", 2), to=app, vip=Vip("10.10.0.20"), backends=backends)

    return told(program)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"path_beg": ["/api"]}, {"path_beg": ["/api/v2/"]}),
        ({"host": ["a.example.com", "b.example.com"]}, {"host": ["B.example.com"], "path_beg": ["/v2/"]}),
        ({"host": ["a.example.com"]}, {"host": ["a.example.com"]}),
        ({"port": 81}, {"port": 81, "path_beg": ["/v2/"]}),
    ],
)
def test_never_reached(first: Mapping[str, Any], second: Mapping[str, Any]) -> None:
    """
    A backend whose every request an earlier one takes is refused; the other way round, or on another port, it is not.
    """
    assert reached(first, second) == (
        "net: 1 problem; nothing was changed\n"
        "  lb.backends[1]: is never reached, lb.backends[0] takes its requests; put it first"
    )
    assert "" == reached(first, {**second, "port": 82})
    assert "" == reached(second, first) or first == second


@pytest.mark.parametrize(
    ("app", "lb", "told_of"),
    [("prometheus", "lb", "lb.to: prometheus"), ("app", "health", "health.name: health")],
)
def test_name_of_a_section(app: str, lb: str, told_of: str) -> None:
    """
    Neither the tier nor one behind it may have the name of a section of our own.
    """

    def program() -> None:
        net = Network("net", cidr="10.10.0.0/24")
        behind = AppTier(app, hosts=net.hosts("app", 2), server=THIN)
        LoadBalancerTier(lb, hosts=net.hosts("lb", 2), to=behind, vip=Vip("10.10.0.20"))

    assert told(program) == (
        "net: 1 problem; nothing was changed\n"
        f"  {told_of} is the name of a section of our own in haproxy.cfg; rename the tier"
    )


def test_memcached_speaks_no_http() -> None:
    """
    Memcached behind a balancer, behind one of its backends and behind a cache is refused.
    """

    def program() -> None:
        net = Network("net", cidr="10.10.0.0/24")
        app = AppTier("app", hosts=net.hosts("app", 2), server=THIN)
        pages = MemcachedTier("pages", hosts=net.hosts("pages", 2))
        backend = Backend(to=pages, path_beg=["/pages"])
        LoadBalancerTier("lb", hosts=net.hosts("lb", 2), to=pages)
        LoadBalancerTier("balancers", hosts=net.hosts("balancers", 2), to=app, backends=[backend])
        CacheTier("cache", hosts=net.hosts("cache", 2), to=pages)

    rule = "pages does not speak HTTP; pass a tier that does"
    found = told(program)
    assert [f"  {path}: {rule}" for path in ("lb.to", "balancers.backends[0].to", "cache.to")] == [
        line for line in found.splitlines() if rule in line
    ]
