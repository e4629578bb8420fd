"""Several roles on the same hosts."""

from __future__ import annotations

import json
from functools import partial

import pytest

from hacomponents import AppTier, LoadBalancerTier, ReverseProxyTier, Stats, Thin, Vip
from hacomponents.docker import Network
from tests.components.program import Run, run

THIN = Thin(app="stacks/rails_app")
STATS = Stats(password="correct-horse")  # nobody's


def rails(lb_vip: Vip | None = None) -> None:
    """Thin on one box, nginx and haproxy together on two others."""
    net = Network("rails", cidr="10.10.0.0/24")
    edge = net.hosts("edge", 2)
    app = AppTier("app", hosts=net.hosts("app", 1), server=THIN)
    web = ReverseProxyTier("web", hosts=edge, to=app, vip=Vip("10.10.0.10"))
    LoadBalancerTier("lb", hosts=edge, to=web, vip=lb_vip, stats=STATS)


@pytest.fixture(scope="module")
def site() -> Run:
    """The whole site."""
    result = run(rails)
    assert "" == result.error
    return result


def test_one_set_of_hosts(site: Run) -> None:
    """
    Roles that are given the same hosts share their containers, and one push carries the files of both.
    """
    assert {"rails.app-1", "rails.edge-1", "rails.edge-2"} == set(site.of_type("docker:index/container:Container"))
    files = json.loads(site.of_host("edge-1-push").inputs["stdin"])["files"]
    roles = {"/etc/haproxy/haproxy.cfg", "/etc/nginx/nginx.conf", "/etc/keepalived/keepalived.conf"}
    assert {*roles, "/etc/nftables/hacomponents.nft"} == set(files)


def test_one_pair_watches_both(site: Run) -> None:
    """
    The one pair of the hosts watches each role there, also one that is declared after it.
    """
    files = json.loads(site.of_host("edge-1-push").inputs["stdin"])["files"]
    keepalived = files["/etc/keepalived/keepalived.conf"]["content"]
    assert "    track_file {\n        maintenance\n        network\n        nginx\n        haproxy\n    }" in keepalived
    assert "    track_script {\n        nginx_answers\n        haproxy_answers\n    }" in keepalived


def test_secrets_of_a_later_role(site: Run) -> None:
    """
    Secrets of a role that is declared after the hosts were asked for are in place before the push.
    """
    assert "rails.edge-1-secrets" in site.of_host("edge-1-push").dependencies
    assert "rails.edge-2-secrets" in site.of_host("edge-2-push").dependencies


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (
            {"lb_vip": Vip("10.10.0.20")},
            (
                "lb.vip: host edge-1 already has web.vip, which watches every tier on its hosts; "
                "leave it out, or add its address to web.vip.virtual_ipaddress_excluded"
            ),
        ),
    ],
)
def test_refused(arguments: dict[str, object], told: str) -> None:
    """
    What cannot stand on the same hosts is told with its remedy, and nothing is touched.
    """
    result = run(partial(rails, **arguments))  # type: ignore[arg-type]

    assert told in result.error.replace("\n  ", "\n").splitlines()
