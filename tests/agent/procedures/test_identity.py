"""Changes of a pair's VIPs: those that its hosts can make one after the other, and those that are refused."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from hacomponents.agent import bundle as bundles
from hacomponents.agent import vrrp
from hacomponents.agent.daemons import KINDS
from hacomponents.agent.errors import Rejected, StepFailed
from hacomponents.agent.procedures.identity import require_steps
from hacomponents.agent.procedures.push import apply
from hacomponents.render import bundle_of
from hacomponents.topology.network import Host, Network
from hacomponents.topology.pair import Pair
from hacomponents.topology.rules import problems
from hacomponents.topology.secret import Secret
from hacomponents.topology.site import Site
from hacomponents.topology.vip import Vip, Vrrp2, Vrrp3
from tests.agent.machine import PretendedMachine
from tests.agent.samples import document

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from hacomponents.agent.bundle import Bundle
    from hacomponents.agent.host import Host as AgentHost

# ruff: noqa: E501  # messages are whole, so that they can be searched for

NETWORK = Network("site", "10.10.0.0/24", "fd00:10::/64")
HOSTS = tuple(Host(f"db-{number}", f"10.10.0.3{number}", address6=f"fd00:10::3{number}") for number in (1, 2))
OLD, NEW, SIX, OTHER = "10.10.0.20", "10.10.0.21", "fd00:10::20", "10.10.0.25"
WITH_SIX = Vip(OLD, virtual_ipaddress_excluded=(SIX,))
Vips = Vip | tuple[Vip, ...]


def pushed(vip: Vips, host: int = 1) -> Bundle:
    """What a host of the pair gets, by default the second."""
    site = Site("site", NETWORK, (Pair("db", HOSTS, vip),))
    assert [] == list(problems(site))
    return bundles.parse(bundle_of(site, HOSTS[host]).text, KINDS)


def by_multicast(bundle: str) -> str:
    """A bundle as releases before 0.1.0 rendered a VIP on an interface that was named."""
    document = json.loads(bundle)
    file = document["files"]["/etc/keepalived/keepalived.conf"]
    begin, rest = file["content"].split("    unicast_src_ip", 1)
    file["content"] = begin + rest.partition("    track_src_ip\n")[2]
    return json.dumps(document)


def article(digit: str = "a", **settings: Any) -> Vrrp2:
    """The older dialect, with a password that has this digit in its digest."""
    return Vrrp2(Secret(f"db-{digit}", digest=16 * digit, length=3, clean=True), **settings)


class HalfMachine(PretendedMachine):
    """A host that holds these addresses, and whose peer holds those."""

    def __init__(self, root: Path, held: tuple[str, ...] = (), peer: tuple[str, ...] = ()) -> None:
        super().__init__(root)
        self.held, self.peer = held, peer

    def addresses(self) -> dict[str, str]:
        """Those of the host."""
        return dict.fromkeys(self.held, "eth0")

    def others_with(self, address: str, interface: str) -> list[str]:  # noqa: ARG002
        """The peer, for what it holds."""
        return ["02:00:00:00:00:01"] if address in self.peer else []


STEPS: Mapping[str, tuple[Vips, Vips]] = {
    "first_step": (Vip(OLD), Vip(NEW, replaces=Vip(OLD))),
    "second_step": (Vip(NEW, replaces=Vip(OLD)), Vip(NEW)),
    "back_to_the_old_one": (Vip(NEW, replaces=Vip(OLD)), Vip(OLD, replaces=Vip(NEW))),
    "on_to_a_third": (Vip(NEW, replaces=Vip(OLD)), Vip(OTHER, replaces=Vip(NEW))),
    "what_is_beside_it_stays_with_the_old_one": (WITH_SIX, Vip(NEW, replaces=WITH_SIX)),
    "and_goes_with_it_to_the_new_one": (
        Vip(NEW, replaces=WITH_SIX),
        Vip(NEW, virtual_ipaddress_excluded=(SIX,)),
    ),
    "another_router_id_by_another_address": (
        Vip(OLD, virtual_router_id=7),
        Vip(NEW, virtual_router_id=8, replaces=Vip(OLD, virtual_router_id=7)),
    ),
    "one_of_a_group": ((Vip(OLD), Vip(OTHER)), (Vip(NEW, replaces=Vip(OLD)), Vip(OTHER))),
    "and_then_without_the_old_one": ((Vip(NEW, replaces=Vip(OLD)), Vip(OTHER)), (Vip(NEW), Vip(OTHER))),
    "address_beside": (Vip(OLD), WITH_SIX),
    "address_beside_goes": (WITH_SIX, Vip(OLD)),
    "one_leaves_a_group": ((Vip(OLD), Vip(OTHER)), Vip(OLD)),
    "faster_adverts": (Vip(OLD), Vip(OLD, vrrp=Vrrp3(advert_int=0.1, priority=(200, 199)))),
    "the_same_password": (Vip(OLD, vrrp=article()), Vip(OLD, vrrp=article(priority=(90, 80)))),
}


@pytest.mark.parametrize(("before", "after"), STEPS.values(), ids=STEPS)
def test_a_step_is_taken(before: Vips, after: Vips, tmp_path: Path) -> None:
    """
    What each host can do while the other has not done it yet, it does.
    """
    for host in (1, 0):
        require_steps(HalfMachine(tmp_path), pushed(before, host), pushed(after, host))


BOTH = "be on two hosts until both know"
ELSEWHERE = 'leave it as it is, or move to another address by Vip("NEW", replaces=Vip("10.10.0.20", ...))'
BESIDE = "leave it as it is, or bring up another pair beside it, have clients ask that, and take this one down"
TWO_STEPS = 'take two steps: first Vip("10.10.0.21", ..., replaces=Vip("10.10.0.20", ...)) with the VIP of before as it was, then without replaces'
AT_ONCE = f"10.10.0.21 would take the place of 10.10.0.20, which may still be asked; {TWO_STEPS}"
REFUSED: Mapping[str, tuple[Vips, Vips, str]] = {
    "at_once": (Vip(OLD), Vip(NEW), AT_ONCE),
    "old_one_beside": (Vip(OLD), Vip(NEW, virtual_ipaddress_excluded=(OLD,)), AT_ONCE),
    "at_once_in_a_group": ((Vip(OLD), Vip(OTHER)), (Vip(NEW), Vip(OTHER)), AT_ONCE),
    "back_at_once": (
        Vip(OLD, replaces=Vip(NEW)),
        Vip(NEW),
        AT_ONCE,
    ),
    "router_id": (
        Vip(OLD),
        Vip(OLD, virtual_router_id=7),
        f"{OLD}: virtual_router_id would change, and {BOTH}; {ELSEWHERE}",
    ),
    "password": (
        Vip(OLD, vrrp=article()),
        Vip(OLD, vrrp=article("b")),
        f"{OLD}: auth_pass would change, and {BOTH}; {ELSEWHERE}",
    ),
    "intervals_of_the_older_dialect": (
        Vip(OLD, vrrp=article()),
        Vip(OLD, vrrp=article(advert_int=2)),
        f"{OLD}: vrrp would change, and {BOTH}; {BESIDE}",
    ),
    "interface": (
        Vip("192.0.2.7", interface="eth1"),
        Vip("192.0.2.7", interface="eth2"),
        f"192.0.2.7: interface would change, and {BOTH}; {ELSEWHERE.replace(OLD, '192.0.2.7')}",
    ),
    "first_becomes_of_what_was_beside": (
        Vip(OLD, virtual_ipaddress_excluded=(NEW,)),
        Vip(NEW, replaces=Vip(OLD)),
        f"{NEW} would move from {OLD} to {NEW}, and {BOTH}; leave it there until another release has both, or take an address that is new",
    ),
}


@pytest.mark.parametrize(("before", "after", "message"), REFUSED.values(), ids=REFUSED)
def test_what_would_have_two_holders_is_refused(before: Vips, after: Vips, message: str, tmp_path: Path) -> None:
    """
    What one host cannot do while the other has not done it yet is refused, with the way.
    """
    with pytest.raises(StepFailed) as caught:
        require_steps(HalfMachine(tmp_path), pushed(before), pushed(after))

    assert f"its VIPs cannot change like that while they serve\n  {message}" == str(caught.value)


def test_every_word_is_told(tmp_path: Path) -> None:
    """
    Another dialect changes all that hosts hear each other by.
    """
    with pytest.raises(StepFailed) as caught:
        require_steps(HalfMachine(tmp_path), pushed(Vip(OLD)), pushed(Vip(OLD, vrrp=article())))

    words = ("auth_pass", "vrrp", "adverts")
    assert list(words) == [line.split()[1] for line in caught.value.evidence.splitlines()]


def test_adverts_that_go_another_way(tmp_path: Path) -> None:
    """
    A VIP whose adverts went by multicast comes to the new way by leaving the program for one `up`.
    """
    site = Site("site", NETWORK, (Pair("db", HOSTS, Vip("192.0.2.7", interface="eth1")),))
    text = bundle_of(site, HOSTS[1]).text
    message = (
        f"192.0.2.7: adverts would change, and {BOTH}; take the VIP out of the program, `pulumi up`, put it in again"
    )

    with pytest.raises(StepFailed, match=message):
        require_steps(HalfMachine(tmp_path), bundles.parse(by_multicast(text), KINDS), bundles.parse(text, KINDS))


@pytest.mark.parametrize("host", [0, 1])
def test_an_address_moves_while_one_host_holds_both(host: int, tmp_path: Path) -> None:
    """
    What is beside the old VIP goes to the new one where one host holds both of these; else it is told to bring them
    together.
    """
    before, after = (pushed(vip, host) for vip in STEPS["and_goes_with_it_to_the_new_one"])
    apart = f"{OLD} is on the peer, and {NEW} on this host; bring them together by: hacomponents-agent settle"

    require_steps(HalfMachine(tmp_path, held=(OLD, SIX, NEW)), before, after)
    require_steps(HalfMachine(tmp_path, peer=(OLD, SIX, NEW)), before, after)
    with pytest.raises(StepFailed, match=apart):
        require_steps(HalfMachine(tmp_path, held=(NEW,), peer=(OLD, SIX)), before, after)


@pytest.mark.parametrize(
    ("held", "peer", "once"),
    [
        ((OLD, NEW), (), True),
        ((), (OLD, NEW), True),
        ((NEW,), (OLD,), True),
        ((OLD,), (), False),
        ((OLD, NEW), (NEW,), False),
        ((), (OLD,), False),
    ],
)
def test_a_new_vip_is_where_the_old_one_is_or_on_the_peer(
    held: tuple[str, ...], peer: tuple[str, ...], *, once: bool, tmp_path: Path
) -> None:
    """
    The one that takes another's place may be on either host, but must be on one.
    """
    keepalived = pushed(Vip(NEW, replaces=Vip(OLD))).service("keepalived")
    assert keepalived is not None

    assert once == vrrp.are_held_once(HalfMachine(tmp_path, held, peer), keepalived)


def test_a_push_that_is_refused_touches_nothing(host: AgentHost) -> None:
    """
    The push of another VIP at once ends before anything is staged; a pair's end does not.
    """
    old, new = (json.dumps(document(vip=vip)) for vip in ("10.0.0.10", "10.0.0.11"))
    apply(host, old)
    before = host.machine.loaded()  # type: ignore[attr-defined]

    with pytest.raises(Rejected, match=r"10\.0\.0\.11 would take the place of 10\.0\.0\.10, which may still be asked"):
        apply(host, new)

    assert before == host.machine.loaded()  # type: ignore[attr-defined]
    assert [bundles.parse(old, KINDS).id] == [bundle.id for bundle in host.store.bundles()]
    apply(host, json.dumps(document(keepalived=False)))
