"""Random virtual hosts of the reverse-proxy tier."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from hacomponents.topology import fields
from hacomponents.topology.certificate import Certificate
from hacomponents.topology.reverse_proxy import Gzip, Hash, Limits, MemcachedLookup, Status, Tls, VirtualHost
from hacomponents.topology.reverse_proxy.balance_method import METHODS
from hacomponents.topology.reverse_proxy.gzip import MEDIA_TYPE, TYPES
from hacomponents.topology.reverse_proxy.protection import HEADER_NAME, HEADER_VALUE, OWN_HEADERS
from hacomponents.topology.reverse_proxy.virtual_host import NEXT_UPSTREAM, SIZE
from hacomponents.topology.secret import Secret
from tests.balancer_strategies import ports
from tests.certificates import CERTIFICATE
from tests.shapes import NAMES, seconds, secrets_of, shaped

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hacomponents.topology.memcached import Memcached
    from hacomponents.topology.tier import Tier

SUBNETS = ["10.10.0.0/24", "192.168.7.9", "fd00::/64", "0.0.0.0/0"]
NGINX = 'set $api_key "@@TOKEN@@";'
PUBLIC_KEY = "ab" * 32
proxies: dict[str, st.SearchStrategy[Any]] = {
    "port": st.integers(1, 65535),
    # More is refused by nginx where the host allows fewer open files, as some do from 20,000 on.
    "worker_connections": st.integers(16, 16384),
    "tls_port": ports,
    "trusted_proxies": st.lists(st.sampled_from(SUBNETS[:-1]), unique=True).map(tuple),
    "status": st.none()
    | st.builds(Status, st.lists(st.sampled_from(SUBNETS), min_size=1, unique=True).map(tuple), port=ports),
}
keys = st.sampled_from(["$request_uri", "$host$uri", "$remote_addr", "a:$arg_id", "$http_x_id/$scheme"])
next_upstream = st.lists(st.sampled_from(NEXT_UPSTREAM[:-1]), min_size=1, unique=True) | st.just(["off"])
media_types = shaped(MEDIA_TYPE).filter("text/html".__ne__)
header_names = st.sampled_from(["x-frame-options", "Referrer-Policy"]) | shaped(HEADER_NAME).filter(
    lambda name: name.lower() not in {*OWN_HEADERS, "x-frame-options", "referrer-policy"}
)
web_sites: dict[str, st.SearchStrategy[Any]] = {
    "balance": st.sampled_from(METHODS) | st.builds(Hash, keys, consistent=st.booleans()),
    "keepalive": st.integers(0, 10000),
    "proxy_connect_timeout": seconds(0.1, 75),
    "proxy_read_timeout": seconds(0.1, 86400),
    "proxy_next_upstream": next_upstream.map(tuple),
    "proxy_next_upstream_tries": st.integers(1, 100),
    "client_max_body_size": shaped(SIZE),
    "gzip": st.none()
    | st.builds(
        Gzip,
        types=st.just(TYPES)
        | st.lists(shaped(MEDIA_TYPE).filter("text/html".__ne__), max_size=3, unique=True).map(tuple),
        min_length=st.integers(0, 1_000_000),
        comp_level=st.integers(1, 9),
    ),
    "limits": st.none()
    | st.builds(Limits, st.integers(1, 100_000), st.none() | st.integers(0, 100_000), st.integers(0, 65535))
    | st.builds(Limits, connections=st.integers(1, 65535)),
    "headers": st.lists(header_names, max_size=3, unique_by=str.lower).flatmap(
        lambda names: st.fixed_dictionaries(dict.fromkeys(names, st.none() | shaped(HEADER_VALUE)))
    ),
    "extra_config": st.sampled_from(["", "etag off;\n", 'set $a "b;{"; # why }\nif ($a) { return 403; }', NGINX]),
}


@st.composite
def certificates(draw: st.DrawFn, names: Sequence[str]) -> Tls | None:
    """TLS or none; the certificate is for the names."""
    if not draw(st.booleans()):
        return None
    certificate = Certificate(CERTIFICATE, tuple(map(str.lower, names)), PUBLIC_KEY)
    key = Secret("key", "0123456789abcdef", 240, clean=False, pem="PRIVATE KEY", public_key=PUBLIC_KEY)
    redirect = draw(st.booleans())
    return Tls(
        certificate, key, hsts=draw(st.none() | st.integers(0, 63072000)) if redirect else None, redirect=redirect
    )


@st.composite
def virtual_hosts(draw: st.DrawFn, behind: Sequence[Tier], pages: Memcached | None) -> tuple[VirtualHost, ...]:
    """One to three, each with names of its own, some of which look pages up in memcached."""
    names = draw(st.lists(shaped(fields.SERVER_NAME), min_size=1, max_size=6, unique_by=str.lower))
    count = draw(st.integers(1, min(3, len(names))))
    own = [tuple(names[index::count]) for index in range(count)]
    # Only a single host name can be redirected to.
    first = [1 if draw(st.booleans()) and "*" not in each[0] and each[0] != "_" else len(each) for each in own]
    drawn = tuple(
        VirtualHost(
            site,
            draw(st.sampled_from(behind)),
            server_name=own[index][: first[index]],
            redirect_from=own[index][first[index] :],
            memcached=MemcachedLookup(pages, draw(keys)) if pages and draw(st.booleans()) else None,
            tls=draw(certificates(own[index])),
            **{name: draw(strategy) for name, strategy in web_sites.items()},
        )
        for index, site in enumerate(draw(st.permutations(NAMES))[:count])
    )
    return tuple(replace(site, secrets=secrets_of(site.extra_config)) for site in drawn)
