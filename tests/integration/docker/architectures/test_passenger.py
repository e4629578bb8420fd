"""Passenger on the two nginx front ends themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from hacomponents.agent.daemons.balanced import FINISH
from hacomponents.agent.new_connections import CHAIN, REJECT, REMOVE, RULE
from hacomponents.testing import VipWatch, eventually
from tests.forwarded import LIES
from tests.integration.docker.site import Site

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

    from hacomponents.testing import HostHandle, PairUnderTest
    from hacomponents.testing.client import Request
    from tests.integration.docker.architecture import Architecture

pytestmark = pytest.mark.integration

MOST, PORT = 6, 3000
PAGE = "stacks/rails_app/app/views/layouts/application.html.erb"
CORE = "^Passenger core"
SPAWNED = "^Passenger (AppPreloader|RubyApp): "
# A process takes two seconds to spawn, and much longer where all stories run on a busy machine.
PATIENT: Any = {"connections": 2, "think_time": 0.1, "timeout": 60}
WORKERS = "^Passenger RubyApp: "


@pytest.fixture(scope="module")
def site(deployed: Callable[[str], AbstractContextManager[Architecture]]) -> Iterator[Site]:
    """The stack `rails_passenger`, up."""
    with deployed("rails_passenger") as architecture:
        yield Site(architecture.stack, architecture.client)


@pytest.fixture
def edge(site: Architecture) -> PairUnderTest:
    """The two boxes."""
    return site.pair("edge", 10)


def url(site: Architecture, path: str) -> str:
    """A page behind the VIP."""
    return f"http://{site.address(10)}{path}"


def test_the_holder_answers_from_its_own_passenger(site: Architecture, edge: PairUnderTest) -> None:
    """
    The VIP answers from Passenger on the host that holds it, which is told the client's address and the site's name,
    whatever the client says of itself.
    """
    answers = [site.client.succeeds(url(site, "/whoami"), headers=LIES).json() for _ in range(10)]

    assert {edge.holder.name.removeprefix(f"{site.stack.name}-")} == {answer["hostname"] for answer in answers}
    address = site.client.exec("hostname", "--ip-address").strip()
    told = {(answer["host"], answer["x_real_ip"], answer["x_forwarded_for"]) for answer in answers}
    assert {(site.address(10), address, address)} == told


def test_processes_are_spawned_as_needed_and_bounded(site: Architecture, edge: PairUnderTest) -> None:
    """
    More processes come with more requests at a time, and never more than `max_pool_size`.
    """
    assert len(edge.holder.processes(WORKERS)) < MOST

    with site.client.load(url(site, "/slow?seconds=0.3"), connections=3 * MOST, timeout=60) as load:
        eventually(lambda: len(edge.holder.processes(WORKERS)) == MOST, within=60)
        seen = {len(edge.holder.processes(WORKERS)) for _ in range(5)}

    assert {MOST} == seen
    assert () == load.report.failures


def test_a_deploy_fails_no_request(site: Site, edge: PairUnderTest) -> None:
    """
    While each host's Passenger starts anew with another page, the other one takes the requests; the VIP stays.
    """
    page = site.stack.project / PAGE
    page.write_text(page.read_text().replace("Served by", "Another release by"))
    form = site.note_form("during a deploy")

    with (
        VipWatch(edge) as watch,
        site.client.load(url(site, "/up"), **PATIENT) as kept,
        site.client.load(url(site, "/up"), keep_alive=False, **PATIENT) as fresh,
        site.client.load(url(site, "/notes"), expected=(302,), **form, **PATIENT) as posted,
    ):
        site.stack.up()

    assert ((), (), ()) == (kept.report.failures, fresh.report.failures, posted.report.failures)
    assert 1 == len(watch.moves)
    for host in edge.hosts:
        site.client.succeeds(f"http://{host.address}:3000/", contains="Another release by")


def test_a_server_that_leaves_is_let_go_of(site: Site, edge: PairUnderTest) -> None:
    """
    Nginx keeps no connection to a server that takes no new ones, as before a restart, for as long as the agent waits:
    so none is closed under a POST. The other host's answers meanwhile.
    """
    holder = edge.holder
    how: Request = {**site.note_form("while one leaves"), "timeout": 60}
    rule = f"{REMOVE}; {CHAIN}; {RULE % (f'tcp dport {PORT}', REJECT)}"

    with site.client.load(url(site, "/notes"), expected=(302,), connections=1, **how) as load:
        eventually(lambda: connections(holder))
        holder.exec("nft", rule)
        # The last request takes its time, too, on a busy machine.
        eventually(lambda: not connections(holder), within=2 * FINISH)
        requests = load.now["requests"]
        eventually(lambda: load.now["requests"] > requests, within=60)
        holder.exec("nft", REMOVE)

    assert () == load.report.failures


def connections(host: HostHandle) -> list[str]:
    """Those that Passenger has."""
    return host.exec("ss", "-Htn", "state", "established", f"sport = :{PORT}").splitlines()


def test_passenger_killed_is_not_noticed(site: Architecture, edge: PairUnderTest) -> None:
    """
    Passenger and all its processes on the holder are killed: the other host's answers, and the VIP stays.
    """
    holder = edge.holder

    with site.client.load(url(site, "/up"), **PATIENT) as load:
        holder.kill_process(f"{CORE}|{SPAWNED}")
        eventually(lambda: served_by(site) == holder, within=60)

    assert () == load.report.failures
    assert holder == edge.holder


def served_by(site: Architecture) -> HostHandle:
    """Who answers at the VIP."""
    return site.host(site.client.succeeds(url(site, "/whoami")).json()["hostname"])


def test_a_host_fails(site: Architecture, edge: PairUnderTest) -> None:
    """
    The holder is killed: the other one has the VIP and answers from its own Passenger.
    """
    holder, standby = edge.holder, edge.standby

    holder.kill()
    site.client.eventually(url(site, "/up"), within=5)
    served = served_by(site)
    holder.start()

    assert standby == served
    eventually(lambda: served_by(site) == standby, within=30)
