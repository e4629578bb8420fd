"""Stacks that move between two sizes: only what must change does."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from clone import architecture
from tests.stacks import STACKS, bundles, edited, run_file

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

NGINX, HAPROXY, VCL = "/etc/nginx/nginx.conf", "/etc/haproxy/haproxy.cfg", "/etc/varnish/default.vcl"
FIREWALL = "/etc/nftables/hacomponents.nft"
SERVERS = "/etc/thin/app.env/MEMCACHED_SERVERS"
SIZE = re.compile(r'hosts\("\w+", \d+\)|processes=\d+')
"""Where a program says how many."""


@dataclass(frozen=True)
class Growth:
    """One more of something.

    Args:
        stack: whose program is edited.
        size: what the program says, such as `hosts("app", 1)`.
        new: hosts that come.
        changed: hosts that were there and are pushed to, with the files and services that change.
    """

    stack: str
    size: str
    new: set[str]
    changed: Mapping[str, set[str]]


def grows(stack: str, size: str, new: str, **changed: str) -> Growth:
    """A row; names are separated by spaces, and a host is called by a keyword with `_` for `-`."""
    files = {name.replace("_", "-"): set(paths.split()) for name, paths in changed.items()}
    return Growth(stack, size, set(new.split()), files)


WITNESS = "watchdog"
"""A pair whose network has only one host beside it learns of a second, who can tell it that it is deaf."""
GROWTHS = (
    grows("rails_ha", 'hosts("app", 1)', "app-2", lb_1=HAPROXY, lb_2=HAPROXY),
    grows("rails_ha", "processes=5", "", app_1=f"thin-3005 {FIREWALL}", lb_1=HAPROXY, lb_2=HAPROXY),
    grows("rails_single_lb", 'hosts("app", 1)', "app-2", lb_1=HAPROXY),
    grows("rails_single_lb", "processes=5", "", app_1=f"thin-3005 {FIREWALL}", lb_1=HAPROXY),
    grows("rails_single_lb", 'hosts("lb", 1)', "lb-2", app_1=FIREWALL, web_1=NGINX, web_2=NGINX),
    grows("rails_lb_by_nginx", 'hosts("app", 1)', "app-2", lb_1=HAPROXY, lb_2=HAPROXY),
    grows("rails_lb_by_nginx", "processes=5", "", app_1=f"thin-3005 {FIREWALL}", lb_1=HAPROXY, lb_2=HAPROXY),
    grows("rails_lb_by_nginx", 'hosts("lb", 2)', "lb-3", app_1=FIREWALL, web_1=NGINX, web_2=NGINX),
    grows("rails_colocated", 'hosts("app", 1)', "app-2", edge_1=f"{HAPROXY} {WITNESS}", edge_2=f"{HAPROXY} {WITNESS}"),
    grows("rails_colocated", "processes=5", "", app_1=f"thin-3005 {FIREWALL}", edge_1=HAPROXY, edge_2=HAPROXY),
    # The boxes of the application may purge.
    grows(
        "rails_cached",
        'hosts("app", 1)',
        "app-2",
        **dict.fromkeys(("lb_1", "lb_2"), HAPROXY),
        **dict.fromkeys(("cache_1", "cache_2"), f"{FIREWALL} {VCL}"),
        **dict.fromkeys(("pages_1", "pages_2"), FIREWALL),
    ),
    grows("rails_cached", "processes=5", "", app_1=f"thin-3005 {FIREWALL}", lb_1=HAPROXY, lb_2=HAPROXY),
    grows("rails_cached", 'hosts("pages", 2)', "pages-3", app_1=SERVERS, web_1=NGINX, web_2=NGINX),
    grows("simple_active_standby", 'hosts("app", 2)', "app-3", web_1=NGINX, web_2=NGINX),
    grows("complex_active_standby", 'hosts("app", 2)', "app-3", lb_1=HAPROXY, lb_2=HAPROXY),
)
PAIRS = {
    ("rails_ha", 'hosts("lb", 2)'): "lb.vip",
    ("rails_ha", 'hosts("web", 2)'): "web.vip",
    ("rails_single_lb", 'hosts("web", 2)'): "web.vip",
    ("rails_lb_by_nginx", 'hosts("web", 2)'): "web.vip",
    ("rails_colocated", 'hosts("edge", 2)'): "web.vip",
    ("rails_passenger", 'hosts("edge", 2)'): "web.vip",
    ("rails_cached", 'hosts("cache", 2)'): "cache.vip",
    ("rails_cached", 'hosts("lb", 2)'): "lb.vip",
    ("rails_cached", 'hosts("web", 2)'): "web.vip",
    ("simple_active_standby", 'hosts("web", 2)'): "web.vip",
    ("complex_active_standby", 'hosts("lb", 2)'): "lb.vip",
    ("complex_active_standby", 'hosts("web", 2)'): "web.vip",
}
"""Hosts with a VIP are two, by the path of the VIP."""


@pytest.mark.parametrize("growth", GROWTHS, ids=lambda growth: f"{growth.stack}-{growth.size}")
def test_growth(growth: Growth, tmp_path: Path) -> None:
    """
    With one more of something, the hosts in front of it learn of it, and nothing else is pushed anywhere.
    """
    program = edited(growth.stack, tmp_path, {growth.size: one_more(growth.size)})
    runs = [run_file(each, growth.stack) for each in (architecture.program(growth.stack), program)]
    assert ["", ""] == [each.error for each in runs]
    before, after = map(bundles, runs)

    assert growth.new == after.keys() - before.keys()
    assert growth.changed == {host: change for host in before if (change := difference(before[host], after[host]))}


@pytest.mark.parametrize(("stack", "size"), PAIRS)
def test_a_pair_stays_a_pair(stack: str, size: str, tmp_path: Path) -> None:
    """
    One more host than a VIP can move between is refused, and nothing is touched.
    """
    result = run_file(edited(stack, tmp_path, {size: one_more(size)}), stack)

    assert f"{PAIRS[stack, size]}: a VIP moves between the two hosts of a pair (got 3)" in result.error
    assert {} == bundles(result)


@pytest.mark.parametrize("stack", STACKS)
def test_every_size_is_here(stack: str) -> None:
    """
    Whatever number of hosts or processes a program gives, what happens with one more is told above.
    """
    told = {growth.size for growth in GROWTHS if growth.stack == stack} | {
        size for each, size in PAIRS if each == stack
    }

    assert told == set(SIZE.findall(architecture.program(stack).read_text()))


def one_more(size: str) -> str:
    """What the program says after the change."""
    return re.sub(r"\d+", lambda number: str(int(number[0]) + 1), size)


def difference(before: Mapping[str, Any], after: Mapping[str, Any]) -> set[str]:
    """The files and services of a host that are not the same."""
    return {
        name
        for kind in ("files", "services", "secrets")
        for name in before[kind].keys() | after[kind].keys()
        if before[kind].get(name) != after[kind].get(name)
    }
