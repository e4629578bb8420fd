"""The names under which hosts are recorded: of what depends neither on the order of lines nor on who else is there."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import pulumi
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hacomponents import AppTier, LoadBalancerTier, ReverseProxyTier, Thin, Vip, VipPair
from hacomponents.declaration import Declaration
from hacomponents.docker import Network
from tests.components.program import Run, run
from tests.components.sites import rails

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

THIN = Thin(app="stacks/rails_app", processes=1)
PARTS = ("spare", "db", "web", "box-web", "box-app")


class Site:
    """A site whose parts are declared in any order, as far as one does not need another."""

    def __init__(self, network: str = "rails", cidr: str = "10.10.0.0/24") -> None:
        self.net = Network(network, cidr=cidr)
        self.app = AppTier("app", hosts=self.net.hosts("app", 2), server=THIN)
        self.boxes = self.net.hosts("box", 2)
        self.box_app: AppTier | None = None

    def declare(self, part: str, *, vip: bool) -> None:
        """Declare one part, with a VIP or without where it can be either."""
        if part == "web":
            ReverseProxyTier("web", hosts=self.net.hosts("web", 2), to=self.app, vip=self._vip(10, vip))
        elif part == "spare":
            LoadBalancerTier("spare", hosts=self.net.hosts("spare", 2), to=self.app, vip=self._vip(11, vip))
        elif part == "db":
            VipPair("db", hosts=self.net.hosts("db", 2), vip=Vip(self.net.address(12)))
        elif part == "box-web":
            ReverseProxyTier("box-web", hosts=self.boxes, to=self.app, vip=self._vip(13, vip))
        else:
            AppTier("box-app", hosts=self.boxes, server=THIN)

    def _vip(self, offset: int, wanted: bool) -> Vip | None:  # noqa: FBT001
        return Vip(self.net.address(offset)) if wanted else None


def urns_of_hosts(result: Run) -> dict[str, str]:
    """URNs of all that a host is recorded as, by its former name."""
    assert "" == result.error
    ours = {name: found for name, found in result.resources.items() if not found.type.startswith("hacomponents:")}
    return {name: found.urn for name, found in ours.items() if not name.endswith("-settle")}


def declared(parts: Sequence[str], vips: Sequence[bool]) -> dict[str, str]:
    """URNs of a site with these parts in this order."""

    def program() -> None:
        site = Site()
        for part, vip in zip(parts, vips, strict=True):
            site.declare(part, vip=vip)

    return urns_of_hosts(run(program))


@settings(max_examples=8, deadline=None)
@given(st.data())
def test_no_host_changes_its_urn(data: st.DataObject) -> None:
    """
    Lines in another order, a VIP added or taken, one tier more on the same hosts: each host is recorded as before.
    """
    drawn = [
        (parts := data.draw(st.permutations(PARTS))[: data.draw(st.integers(1, len(PARTS)))],
         data.draw(st.tuples(*[st.booleans() for _ in parts])))
        for _ in range(2)
    ]  # fmt: skip
    one, two = (declared(*each) for each in drawn)

    assert {name: one[name] for name in one.keys() & two.keys()} == {
        name: two[name] for name in one.keys() & two.keys()
    }


def test_two_sites_of_one_program(monkeypatch: pytest.MonkeyPatch) -> None:
    """
    Two sites with the same tiers and hosts have other URNs. Their containers would have the same names: refused.
    """

    def program() -> None:
        rails(network="shop", cidr="10.10.0.0/24")
        vips = {name: {"address": f"10.11.0.{number}"} for name, number in (("lb", 20), ("web", 10))}
        rails(network="blog", cidr="10.11.0.0/24", lb_vip=vips["lb"], web_vip=vips["web"])

    assert run(program).error.splitlines() == [
        "blog: 3 problems; nothing was changed",
        *(
            f"  network blog.hosts('{role}'): network shop has a role of that name, whose hosts have the same names; "
            "choose another name for one of the roles"
            for role in ("app", "lb", "web")
        ),
    ]
    monkeypatch.setattr(Declaration, "claim", lambda *_: None)
    result = run(program)
    assert "" == result.error
    assert len({found.urn for found in result.resources.values()}) == 2 * len(run(rails).resources)


def test_options_reach_the_hosts() -> None:
    """
    What a tier's options say holds for its hosts, and for no other's.
    """

    def program() -> None:
        net = Network("rails", cidr="10.10.0.0/24")
        kept = pulumi.ResourceOptions(protect=True, retain_on_delete=True)
        app = AppTier("app", hosts=net.hosts("app", 1), server=THIN, opts=kept)
        ReverseProxyTier("web", hosts=net.hosts("web", 2), to=app, vip=Vip(net.address(10)))

    resources = run(program).resources

    assert {name for name in resources if name.startswith("rails.app")} == {
        name for name, found in resources.items() if found.protect and found.retain_on_delete
    }


def test_who_depends_on_a_tier_waits_for_its_hosts() -> None:
    """
    A resource that depends on a tier, or on a pair, follows the pushes to its hosts.
    """

    def program() -> None:
        web = rails()
        net = Network("other", cidr="10.11.0.0/24")
        db = VipPair(
            "db", hosts=net.hosts("db", 2), vip=Vip(net.address(10)), opts=pulumi.ResourceOptions(depends_on=[web])
        )
        pulumi.ComponentResource("test:index:After", "after", None, pulumi.ResourceOptions(depends_on=[db]))

    resources = run(program).resources

    assert {"rails.web-1-push", "rails.web-2-push", "rails.web-vip-settle"} <= set(resources["other.db"].dependencies)
    assert {"rails.web-1-push"} <= set(resources["other.db-2"].dependencies)
    assert {"other.db-1-push", "other.db-2-push", "other.db-settle"} == set(resources["after"].dependencies)


@pytest.mark.parametrize("order", [("app", "web"), ("web", "app")])
def test_unlike_options(order: Sequence[str]) -> None:
    """
    Tiers that share hosts give them the same options.
    """

    def program() -> None:
        net = Network("rails", cidr="10.10.0.0/24")
        boxes = net.hosts("box", 2)
        back = AppTier("back", hosts=net.hosts("back", 1), server=THIN)
        tiers: dict[str, Callable[[], Any]] = {
            "app": lambda: AppTier("app", hosts=boxes, server=THIN),
            "web": partial(ReverseProxyTier, "web", hosts=boxes, to=back, opts=pulumi.ResourceOptions(protect=True)),
        }
        for name in order:
            tiers[name]()

    first, second = order
    assert run(program).error.splitlines()[1:] == [
        (
            f"  {second}.opts.protect: the hosts are shared with {first}, whose protect is another one; "
            "give both tiers the same protect, or hosts of their own"
        )
    ]
