"""What the library has for two machines whose pair stands alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hacomponents.render import bundle_of
from hacomponents.testing import HostHandle, PairUnderTest, VipWatch, eventually
from hacomponents.topology.network import Host, Network
from hacomponents.topology.pair import Pair
from hacomponents.topology.site import Site
from hacomponents.topology.vip import Vip, Vrrp3
from tests.agent.boxes import SUBNET, VIP

if TYPE_CHECKING:
    from tests.agent.boxes import Box

WELL = 60  # seconds until a host is fit to take the VIP, on a machine with much other work


def push(box: Box, *excluded: str, vrrp: Vrrp3 | None = None, replace: tuple[str, str] = ("", "")) -> None:
    """Push it to one of them, which takes it.

    Args:
        box: the machine.
        excluded: addresses beside the VIP.
        vrrp: the dialect. Default: the library's.
        replace: a text of the bundle, and what an earlier release had there. Default: nothing.
    """
    text = bundle(box, *excluded, vrrp=vrrp)
    status, words = box.agent("apply", stdin=text.replace(*replace) if replace[0] else text)
    assert status == 0, words


def bundle(box: Box, *excluded: str, vrrp: Vrrp3 | None = None) -> str:
    """What it is, as JSON."""
    hosts = tuple(Host(f"db-{number}", f"{SUBNET}.1{number}") for number in (1, 2))
    vip = Vip(VIP, virtual_ipaddress_excluded=excluded, vrrp=vrrp or Vrrp3())
    site = Site("site", Network("net", f"{SUBNET}.0/24"), (Pair("db", hosts, vip),))
    return bundle_of(site, hosts[box.number - 1]).text


def watch(machines: list[Box]) -> VipWatch:
    """Who holds the VIP, from now on."""
    first, second = (HostHandle(box.name) for box in machines)
    return VipWatch(PairUnderTest((first, second), VIP))


def ordered(machines: list[Box]) -> tuple[Box, Box]:
    """Who holds the VIP, and its standby, which is ready to take it."""
    eventually(lambda: [box.holds() for box in machines].count(True) == 1, within=WELL)
    holder, standby = sorted(machines, key=lambda box: not box.holds())
    eventually(lambda: standby.status()["vrrp"]["state"] == "BACKUP", within=WELL)
    return holder, standby
