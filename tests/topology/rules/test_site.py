"""What has two owners: one line a rule, with its exact message."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from hacomponents import AppTier, Backend, LoadBalancerTier, Prometheus, ReverseProxyTier, StickTable, Thin, Vip
from hacomponents.topology import rules
from hacomponents.topology.memcached import Memcached
from hacomponents.topology.network import Host
from hacomponents.topology.network import Network as Link
from hacomponents.topology.site import Site
from tests.topology.declare import Network, told
from tests.topology.sites import change, rails

if TYPE_CHECKING:
    from collections.abc import Mapping

REFUSED: Mapping[str, tuple[dict[str, Any], str]] = {
    "tier_name_twice": (change(lb={"name": "app"}), "app.name: is the name of two tiers; rename one of them"),
    "web_port_of_the_status_pages": (
        change(web={"port": 8009}),
        "web.port: 8009 is taken on the same host by the status pages of nginx; choose another port",
    ),
    "lb_port_is_the_statistics_port": (
        change(lb={"port": 8080}),
        "lb.stats.port: 8080 is taken on the same host by lb.port; choose another port",
    ),
    "lb_port_of_the_health_check": (
        change(lb={"port": 8010}),
        "lb.port: 8010 is taken on the same host by the health check of haproxy; choose another port",
    ),
    "thin_port_of_the_agents_check": (
        change(thin={"port": 8010}),
        "app.server.port: 8011 is taken on the same host by the agent's check; choose another port",
    ),
    "prometheus_on_the_frontends_port": (
        change(lb={"prometheus": Prometheus(port=3100)}),
        "lb.prometheus.port: 3100 is taken on the same host by lb.port; choose another port",
    ),
    "port_of_the_peers": (
        change(lb={"port": 8012, "stick": StickTable()}),
        "the peers of the stick tables: 8012 is taken on the same host by lb.port; choose another port",
    ),
}


@pytest.mark.parametrize(("keywords", "message"), REFUSED.values(), ids=REFUSED)
def test_refused(keywords: dict[str, Any], message: str) -> None:
    """
    A bad input is refused with path, rule, value and remedy.
    """
    assert f"rails: 1 problem; nothing was changed\n  {message}" == told(lambda: rails(**keywords))


THIN = Thin(app="stacks/rails_app")


def edge(*, second_proxy: bool = False, part: bool = False) -> None:
    """Thin on one box, nginx and haproxy together on two others."""
    net = Network("rails", cidr="10.10.0.0/24")
    hosts = net.hosts("edge", 2)
    app = AppTier("app", hosts=net.hosts("app", 1), server=THIN)
    web = ReverseProxyTier("web", hosts=hosts, to=app, vip=Vip("10.10.0.10"))
    if second_proxy:
        ReverseProxyTier("static", hosts=hosts, to=app, port=81)
    if part:
        hosts.hosts = hosts.hosts[:1]
    LoadBalancerTier("lb", hosts=hosts, to=web)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            {"second_proxy": True},
            "static.hosts: nginx of web already runs on host edge-1; give static hosts of its own",
        ),
        (
            {"part": True},
            "lb.hosts: host edge-1 already belongs to web; give lb hosts of its own, or the same hosts as web",
        ),
    ],
)
def test_on_the_same_hosts(arguments: dict[str, bool], message: str) -> None:
    """
    What cannot stand on the same hosts is told with its remedy.
    """
    assert f"rails: 1 problem; nothing was changed\n  {message}" == told(lambda: edge(**arguments))


def test_a_backend_on_the_port_of_the_health_check() -> None:
    """
    The port of a further backend is one of the tier's own, too.
    """

    def program() -> None:
        net = Network("net", cidr="10.10.0.0/24")
        app, api = (AppTier(name, hosts=net.hosts(name, 2), server=THIN) for name in ("app", "api"))
        backends = [Backend(to=api, port=8010)]
        LoadBalancerTier("lb", hosts=net.hosts("lb", 2), to=app, vip=Vip("10.10.0.20"), backends=backends)

    message = "lb.backends[0].port: 8010 is taken on the same host by the health check of haproxy; choose another port"
    assert f"net: 1 problem; nothing was changed\n  {message}" == told(program)


def test_one_address_of_two_hosts() -> None:
    """
    An address belongs to one host.
    """
    first, second = (Memcached(name, (Host(f"{name}-1", "10.10.0.40"),)) for name in ("one", "two"))

    assert ["host two-1.address: address 10.10.0.40 already belongs to one-1; give two-1 an address of its own"] == [
        str(each) for each in rules.problems(Site("net", Link("net", "10.10.0.0/24"), (first, second)))
    ]
