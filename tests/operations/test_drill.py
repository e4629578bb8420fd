"""What a drill promises, and what it says of what it saw."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest

from hacomponents.operations.drill.case import cases, daemons_of, watched_by_pair
from hacomponents.operations.drill.plot import BEFORE, BOTH, GAP, PEER, plot
from hacomponents.operations.drill.promises import PROMISES, chosen
from hacomponents.operations.drill.report import table
from hacomponents.operations.drill.result import CaseResult
from hacomponents.operations.errors import OperationFailed
from hacomponents.operations.verdict import HostState
from hacomponents.testing import Move

if TYPE_CHECKING:
    from collections.abc import Sequence

TAKEN = ((-1.0, ("web-1",)), (0.1, ()), (0.5, ("web-2",)))
OVERLAP = ((-1.0, ("web-1",)), (0.4, ("web-1", "web-2")), (0.5, ("web-2",)))


def result(
    moves: Sequence[tuple[float, tuple[str, ...]]] = TAKEN,
    *,
    gap: float = 0.6,
    lossless: bool = False,
    blind: bool = False,
) -> CaseResult:
    """A case of the pair `web`."""
    gaps = ((0.0, gap),) if gap else ()
    seen = tuple(Move(at, holders) for at, holders in moves)
    return CaseResult(
        "web", "10.10.0.10", "it is cut", "web-1", "web-2", 0.7, lossless, blind, seen, gaps, 9, ("Reset",) * 2
    )


@pytest.mark.parametrize(
    ("seen", "verdict"),
    [
        (result(), "as promised"),
        (result(gap=0.8), "gap over 0.7 s"),
        (result(gap=0.74), "as promised"),
        (result(gap=0, lossless=True), "2 requests failed"),
        (result(TAKEN[:2]), "web-2 did not take over"),
        (result(OVERLAP), "two held the VIP"),
        (result(OVERLAP, blind=True), "as promised"),
    ],
)
def test_verdicts(seen: CaseResult, verdict: str) -> None:
    """
    A promise is kept as far as can be seen at 0.05 s, or it is said which was not; only a blind host may hold the VIP
    beside its peer.
    """
    assert verdict == seen.verdict


def test_bounds_follow_the_adverts() -> None:
    """
    A dead host may cost three and a half adverts, a dead daemon 0.1 s, a hung one 3 s; new connections wait 2.5 s for a
    handover.
    """
    bounds = {promise.name: round(promise.bound(0.2), 3) for promise in PROMISES}

    assert {"kill": 0.7, "freeze": 0.7, "cut": 0.7, "crash": 0.1, "hang": 3, "handover": 2.5} == bounds


def test_what_can_happen_to_a_host() -> None:
    """
    Each daemon of a host can fail by itself, one of a kind standing for all; ours do not count.
    """
    host = with_services(nginx="http://127.0.0.1:8009/health", keepalived="", thin_3000=UP, thin_3001=UP, watchdog="")

    found = cases(chosen(["kill", "crash"]), daemons_of(host))
    told = [case.description for case in found]
    assert ["the host is killed", "nginx is killed with -9", "thin-3000 is killed with -9"] == told
    assert [0, 7, 7] == [case.target(host).group for case in found]


def test_what_moves_a_vip() -> None:
    """
    A drill fails the daemons that a pair watches: not the application server beside them, nor where there is none.
    """
    both = with_services(
        haproxy="http://127.0.0.1:8010/health", nginx="http://127.0.0.1:8009/health", passenger_3000=UP
    )

    assert ["haproxy", "nginx"] == watched_by_pair(both)
    assert ["the host is killed"] == [case.description for case in cases(chosen(["kill", "crash"]), [])]


UP = "http://10.10.0.96:3000/up"


def with_services(**health: str) -> HostState:
    """A host with services that are asked at these URLs."""
    services = {name.replace("_", "-"): {"pid": 7, "health": url} for name, url in health.items()}
    return HostState("shop", "shop-web-1", answer={"services": services, "vrrp": {"advert_int": 0.5}})


def test_a_row_of_the_report() -> None:
    """
    A case is a row: when the peer had the VIP, the longest gap, what was promised, and what failed.
    """
    assert "| web | it is cut | 0.500 s | 0.600 s | 0.7 s | 9 | 2 | as promised |" == table([result()])[-1]


def test_the_plot() -> None:
    """
    Each holder, both together, and the gap are bars of their own colours.
    """
    root = ET.fromstring(plot([result(OVERLAP)]))  # noqa: S314  # our own

    legend, bars = 4, [rect.get("fill") for rect in root.iter("{http://www.w3.org/2000/svg}rect")][1:]
    assert [BEFORE, BOTH, PEER, GAP] == bars[legend:]


def test_faults_are_chosen_by_name() -> None:
    """
    Faults come in their own order; none named is all, and one that is unknown is told with those that are.
    """
    assert ["kill", "hang"] == [promise.name for promise in chosen(["hang", "kill"])]
    assert list(PROMISES) == chosen([])
    with pytest.raises(
        OperationFailed, match=r"no fault nonsense[\s\S]*choose of: kill freeze cut crash hang handover"
    ):
        chosen(["kill", "nonsense"])
