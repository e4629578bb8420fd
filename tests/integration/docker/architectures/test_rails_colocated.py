"""nginx and haproxy on the same two boxes: the pair watches both, and what befalls either moves the VIP."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import pytest

from hacomponents.testing import VipWatch, eventually
from tests.integration.docker.faults import BOUNDED, lateness

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

    from hacomponents.testing import HostHandle, PairUnderTest
    from tests.integration.docker.architecture import Architecture

pytestmark = pytest.mark.integration

DAEMONS = ("nginx", "haproxy")
BOOT = 30  # seconds until a host that was off is well
EVERY = 0.1  # seconds between two new connections, each of which Rails answers
BROKEN = [
    *((daemon, failure) for daemon in DAEMONS for failure in ("daemon killed", "daemon hung")),
    ("nginx", "host killed"),
]


@pytest.fixture(scope="module")
def colocated(deployed: Callable[[str], AbstractContextManager[Architecture]]) -> Iterator[Architecture]:
    """The stack `rails_colocated`, up."""
    with deployed("rails_colocated") as architecture:
        yield architecture


@pytest.fixture
def edge(colocated: Architecture) -> PairUnderTest:
    """Both boxes, once they are well."""
    pair = colocated.pair("edge", 10)
    eventually(lambda: is_well(colocated, pair), within=BOOT)
    return pair


def is_well(site: Architecture, pair: PairUnderTest) -> bool:
    """One box has the VIP, the other is its standby, no daemon of either is unwell, and the site answers."""
    holder, standby = pair.holder, pair.standby
    states = [site.state(host) for host in (holder, standby)]
    ailing = [service["ailment"] for state in states for service in state["services"].values() if service["ailment"]]
    assert ([], ["MASTER", "BACKUP"]) == (ailing, [state["vrrp"]["state"] for state in states])
    site.client.succeeds(url(pair))
    return True


def url(pair: PairUnderTest) -> str:
    """A page that comes from Rails."""
    return f"http://{pair.vip}/up"


@pytest.mark.parametrize(("daemon", "failure"), BROKEN)
def test_either_daemon_moves_the_vip(colocated: Architecture, edge: PairUnderTest, daemon: str, failure: str) -> None:
    """
    One of the daemons is killed or hangs on the box that has the VIP, or that box is off: the other one serves within
    the bound, at no moment do two have the VIP, and no process of before is left.
    """
    broken, peer = edge.holder, edge.standby
    fault = BOUNDED[failure]

    with VipWatch(edge) as watch, colocated.client.gap(url(edge), every=EVERY) as gap:
        with fault.on(broken, f"^{daemon}[: ]"):
            eventually(lambda: peer.holds(edge.vip))
            colocated.client.eventually(url(edge))
        eventually(lambda: is_well(colocated, edge), within=BOOT)

    logging.getLogger(__name__).info("%s, %s: nobody came in for %.2f s", daemon, failure, gap.report.longest)
    assert () == watch.overlaps
    assert (peer.name,) == watch.moves[-1].holders
    assert gap.report.longest < fault.bound + lateness(watch)
    assert [] == orphans(colocated, broken, daemon)


def test_push_of_either_daemon_moves_nothing(colocated: Architecture, edge: PairUnderTest) -> None:
    """
    A change to nginx and one to haproxy, whose files are of one bundle: under load, no request fails, no VIP moves.
    """
    holder = edge.holder

    with VipWatch(edge) as watch, colocated.client.load(url(edge), connections=4, think_time=0.02) as load:
        colocated.stack.push(web='client_max_body_size="2m"')
        colocated.stack.push(lb="retries=4")
        colocated.stack.push()

    assert load.report.requests > 0
    assert () == load.report.failures
    assert [(holder.name,)] == [move.holders for move in watch.moves]


def test_planned_handover_loses_no_request(colocated: Architecture, edge: PairUnderTest) -> None:
    """
    The VIP is handed over on purpose, there and back, under load: both daemons finish what they have, and no request
    fails.
    """
    client = colocated.client
    kept = client.load(url(edge), connections=4, think_time=0.02)
    anew = client.load(url(edge), connections=4, think_time=0.02, keep_alive=False)

    with VipWatch(edge) as watch, kept, anew:
        for _ in edge.hosts:
            holder = edge.holder
            holder.exec("hacomponents-agent", "handover")
            eventually(lambda: is_well(colocated, edge), within=BOOT)

    assert min(kept.report.requests, anew.report.requests) > 0
    assert ((), ()) == (kept.report.failures, anew.report.failures)
    assert () == watch.overlaps
    assert len(edge.hosts) == len([move for move in watch.moves[1:] if move.holders])


def orphans(site: Architecture, host: HostHandle, daemon: str) -> list[int]:
    """Processes of a daemon that are not of its present run."""
    supervised = site.state(host)["services"][daemon]["pid"]
    others = [process for process in host.processes(f"^{daemon}[: ]") if process != supervised]
    parents = host.exec("ps", "-o", "ppid=", "-p", ",".join(map(str, others))).split()
    return [process for process, parent in zip(others, parents, strict=True) if int(parent) != supervised]
