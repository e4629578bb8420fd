"""Random valid settings of balancers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hypothesis import assume
from hypothesis import strategies as st

from hacomponents.topology import fields
from hacomponents.topology import load_balancer as lb
from hacomponents.topology.load_balancer.balance_algorithm import HASH_TYPES, HEADER
from hacomponents.topology.load_balancer.servers import HEAVIEST, METHODS
from hacomponents.topology.load_balancer.stickiness import FLAGS, LONGEST_EXPIRY
from tests.shapes import SECRET, seconds, secrets_of, shaped

if TYPE_CHECKING:
    from hacomponents.topology.app import App

Strategies = dict[str, st.SearchStrategy[Any]]

ports = st.integers(1024, 65535)
cookies = st.builds(lb.Cookie, name=shaped(fields.TOKEN), secure=st.booleans()) | st.builds(
    lb.Cookie, name=shaped(fields.TOKEN), mode=st.just("prefix")
)
headers = st.builds(lb.Hdr, name=shaped(HEADER))
stick_tables = st.builds(
    lb.StickTable,
    on=st.just("src") | headers | st.builds(lb.Cook, name=shaped(fields.TOKEN)),
    size=st.integers(1, 100_000),
    expire=seconds(1, LONGEST_EXPIRY),
)
http_checks = st.builds(
    lb.HttpCheck,
    uri=shaped(fields.URL_PATH),
    method=st.sampled_from(METHODS),
    host=shaped(fields.HOST_NAME),
    status=st.sampled_from(["200", "200-399", "401", "500-599"]),
)
default_servers = st.builds(
    lb.DefaultServer,
    maxconn=st.none() | st.integers(1, 65535),
    weight=st.integers(1, HEAVIEST),
    inter=seconds(0.1, 3600),
    fastinter=seconds(0.1, 3600),
    downinter=seconds(0.1, 3600),
    fall=st.integers(1, 100),
    rise=st.integers(1, 100),
)
timeouts = st.builds(lb.Timeouts, **{name: seconds(0.001, lb.DAY) for name in lb.Timeouts.__dataclass_fields__})
stats = st.builds(
    lb.Stats,
    password=st.just(SECRET),
    user=shaped(fields.TOKEN),
    port=ports,
    uri=shaped(fields.URL_PATH),
    realm=shaped(fields.PHRASE),
)
prometheus = st.builds(lb.Prometheus, port=ports, path=shaped(fields.URL_PATH))
facilities = st.sampled_from(lb.FACILITIES)
backends: Strategies = {
    # Weights mean nothing to `first`.
    "balance": st.none()
    | st.sampled_from([word for word in lb.BALANCE if word != "first"])
    | st.builds(lb.Uri, depth=st.integers(0, 100))
    | headers,
    "hash_type": st.sampled_from(HASH_TYPES),
    "cookie": st.none() | cookies,
    "stick": st.none() | stick_tables,
    "cookie_flags": st.lists(st.sampled_from(FLAGS), unique=True),
    "httpchk": st.none() | http_checks,
    "default_server": default_servers,
    "extra_config": st.sampled_from(
        [
            "",
            "option http-server-close\n",
            "http-request set-header A @@TOKEN@@",
            'http-request set-header X-A "a # b" # why',
        ]
    ),
}
balancers: Strategies = {
    **backends,
    "port": ports,
    "maxconn": st.integers(1, 1_000_000),
    "nbthread": st.integers(1, 64),
    "redispatch": st.booleans(),
    "retries": st.integers(0, 100),
    "timeout": timeouts,
    "stats": st.none() | stats,
    "prometheus": st.none() | prometheus,
    "log": st.tuples(facilities, facilities),
}


@st.composite
def balanced(draw: st.DrawFn, settings: Strategies, to: App) -> dict[str, Any]:
    """Settings, with weights and drained servers among those of a tier, of which the first is left alone."""
    others = [endpoint.name for endpoint in to.endpoints[1:]]
    names = st.sampled_from([*others, *(host.name for host in to.hosts[1:])] or ["nobody"])
    drawn = {name: draw(strategy) for name, strategy in settings.items()}
    return {
        **drawn,
        "secrets": secrets_of(drawn["extra_config"]),
        "weights": draw(st.dictionaries(names, st.integers(1, HEAVIEST), max_size=3)) if others else {},
        "drain": draw(st.lists(names, max_size=3)) if others else (),
    }


@st.composite
def further_backends(draw: st.DrawFn, to: App, taken: int) -> lb.Backend:
    """One with a condition, or on a port that is not taken."""
    conditions: dict[str, Any] = {
        "host": draw(st.lists(shaped(fields.HOST_NAME), max_size=3)),
        "path_beg": draw(st.lists(shaped(fields.URL_PATH), max_size=3)),
        "port": draw(st.none() | ports.filter(lambda port: port != taken)),
    }
    assume(any(conditions.values()))
    return lb.Backend(to=to, **conditions, **draw(balanced(backends, to)))
