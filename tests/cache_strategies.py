"""Random settings of Varnish and memcached."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from hacomponents.topology import fields
from hacomponents.topology.cache import DAY, LARGEST_WINDOW, STORAGE, Probe, inserted_cookie
from hacomponents.topology.memcached import LARGEST
from tests.balancer_strategies import ports
from tests.shapes import seconds, shaped

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hacomponents.topology.tier import Tier

VCL = 'sub vcl_recv { if (req.http.A != "Bearer @@TOKEN@@") { return (synth(403)); } }'
SOURCES = st.lists(st.sampled_from(["10.10.0.0/24", "192.168.7.9", "fd00::/64", "::1"]), max_size=4).map(tuple)


@st.composite
def probes(draw: st.DrawFn) -> Probe:
    """No more good answers are asked for than are remembered."""
    window = draw(st.integers(1, LARGEST_WINDOW))
    return Probe(
        url=draw(st.none() | shaped(fields.URL_PATH)),
        interval=draw(seconds(0.1, 3600)),
        timeout=draw(seconds(0.1, 3600)),
        window=window,
        threshold=draw(st.integers(1, window)),
    )


def cacheable(tiers: Sequence[Tier]) -> list[Tier]:
    """Those that a cache may have behind it."""
    return [tier for tier in tiers if tier.endpoints and not inserted_cookie(tier)]


varnish: dict[str, st.SearchStrategy[Any]] = {
    "port": ports,
    "storage": shaped(STORAGE),
    "default_ttl": seconds(0, DAY),
    "default_grace": seconds(0, 365 * DAY),
    "connect_timeout": seconds(0.1, DAY),
    "first_byte_timeout": seconds(0.1, DAY),
    "between_bytes_timeout": seconds(0.1, DAY),
    "probe": probes(),
    "purge": SOURCES,
    "extra_config": st.sampled_from(
        [
            "",
            "sub vcl_recv {\n    unset req.http.Cookie; # }\n}\n",
            'sub vcl_deliver { set resp.http.A = {"b } "}; }',
            VCL,
        ]
    ),
}
memcached: dict[str, st.SearchStrategy[Any]] = {
    "port": ports,
    "memory_limit": st.integers(1, LARGEST),
    "clients": SOURCES,
}
