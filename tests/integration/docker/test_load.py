"""Changes of a site that is up, each under load: no request fails, no VIP moves. `make soak` makes many of them.

A POST that crosses the close of its kept connection is no failure here where it is rare: see `require_all_answered`.
"""

from __future__ import annotations

from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING

import pytest

from hacomponents.testing import VipWatch, eventually
from tests.integration.docker.site import PORTS, basic
from tests.integration.docker.traffic import Traffic, require_all_answered

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hacomponents.testing import HostHandle, PairUnderTest
    from tests.integration.docker.site import Site

pytestmark = pytest.mark.integration

FEW, MANY = 3, 50  # pushes in a row
REQUESTS = 100_000  # during the many
PAGE = "stacks/rails_app/app/views/layouts/application.html.erb"
OTHERWISE = """\
def otherwise(args):
    made = {**args.props, "envs": ["MADE=otherwise"]} if args.type_.endswith(":Container") else args.props
    return pulumi.ResourceTransformationResult(made, args.opts)


"""
"""Has the containers of whatever it is given to made in another way."""


@contextmanager
def unnoticed(site: Site) -> Iterator[Traffic]:
    """What the body does costs no request, moves no VIP, and no keepalived changes its state."""
    holders, states = (site.web.holder, site.lb.holder), changes_of_state(site)

    with VipWatch(site.web) as web, VipWatch(site.lb) as lb, Traffic(site) as traffic:
        yield traffic

    require_all_answered(traffic)
    assert [(holder.name,) for holder in holders] == [move.holders for watch in (web, lb) for move in watch.moves]
    assert states == changes_of_state(site)


def changes_of_state(site: Site) -> list[str]:
    """What every keepalived has logged about its state since it began."""
    log = "/var/log/hacomponents/keepalived/current"
    hosts = (*site.web.hosts, *site.lb.hosts)
    return [line for host in hosts for line in host.exec("cat", log).splitlines() if "ntering" in line]


def test_pushes_are_not_noticed(site: Site, *, thorough: bool) -> None:
    """
    So many pushes in a row, each with another configuration for every tier and another page of the application, which
    every server then serves.
    """
    page = site.stack.project / PAGE
    original = page.read_text()

    with unnoticed(site) as traffic:
        try:
            for number in range(1, MANY if thorough else FEW):
                page.write_text(original.replace("Served by", f"Release {number} by"))
                configure(site, number)
                for port in PORTS:
                    site.client.succeeds(site.thin_url(port, "/"), contains=f"Release {number} by")
        finally:
            page.write_text(original)
        site.stack.push()

    assert traffic.requests > (REQUESTS if thorough else 0)


def configure(site: Site, number: int) -> None:
    """Push another setting of nginx, haproxy and Thin."""
    site.stack.push(
        web=f'client_max_body_size="{number}m"',
        lb=f"retries={3 + number % 7}",
        replace={"    processes=5,": f"    processes=5,\n    timeout={30 + number},"},
    )


def test_second_vip_comes_and_goes(site: Site) -> None:
    """
    Both live pairs get a second VIP, which is where the first one is and answers, and lose it again.
    """
    second = {site.web: site.address(11), site.lb: site.address(21)}
    urls = (f"http://{second[site.web]}/up", f"http://{second[site.lb]}:3100/up")

    with unnoticed(site):
        site.stack.push(replace={
            "vip=Vip(net.address(10))": "vip=Vip(net.address(10), virtual_ipaddress_excluded=(net.address(11),))",
            "vip=Vip(net.address(20))": "vip=Vip(net.address(20), virtual_ipaddress_excluded=(net.address(21),))",
        })  # fmt: skip
        assert [[pair.holder] for pair in second] == [holders_of(pair, address) for pair, address in second.items()]
        for url in urls:
            site.client.succeeds(url)
        site.stack.push()

    assert [[], []] == [holders_of(pair, address) for pair, address in second.items()]


def holders_of(pair: PairUnderTest, address: str) -> list[HostHandle]:
    """The hosts of a pair that hold an address."""
    return [host for host in pair.hosts if host.holds(address)]


def test_secret_is_rotated(site: Site) -> None:
    """
    The password of the statistics page is replaced on both balancers: the new one opens it, the old one no more.
    """
    with unnoticed(site):
        rotate(site, "another-password")
        for host in site.lb.hosts:
            page = f"http://{host.address}:8080/my_stats"
            site.client.succeeds(page, headers=basic("admin", "another-password"))
            site.client.succeeds(page, headers=site.authorization(), status=401)
        rotate(site, site.stack.secrets["stats_password"])

    eventually(site.well)


def rotate(site: Site, password: str) -> None:
    """Give the statistics page a password."""
    site.stack.pulumi("config", "set", "--stack", site.stack.name, "--secret", "hacomponents:stats_password", password)
    site.stack.push()


def test_server_is_added_and_removed(site: Site) -> None:
    """
    A sixth server joins the five, serves, and leaves.
    """
    with unnoticed(site):
        site.stack.push(replace={"    processes=5,": "    processes=6,"})
        eventually(partial(served_by, site, PORTS[-1] + 1))
        site.stack.push()

    eventually(site.well)


def served_by(site: Site, port: int) -> bool:
    """The active balancer has had answers from this server."""
    return int(site.servers(site.lb.holder)[f"app-1-{port}"]["hrsp_2xx"]) > 0


def test_pairs_are_replaced(site: Site) -> None:
    """
    Containers that are made otherwise replace every host of both pairs, and then the old ones again: never two holders,
    and no request fails.
    """
    handed = "opts=pulumi.ResourceOptions(transformations=[otherwise])"
    with VipWatch(site.web) as web, VipWatch(site.lb) as lb, Traffic(site) as traffic:
        update = site.stack.push(replace={"config = ": f"{OTHERWISE}config = "}, web=handed, lb=handed)
        site.stack.push()

    assert update.changed["replace"] >= len([*site.web.hosts, *site.lb.hosts])
    assert ((), ()) == (web.overlaps, lb.overlaps)
    require_all_answered(traffic)
