"""Other addresses for a site that serves: of a VIP, in two steps, with never two holders, and no request fails."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

import pytest

from hacomponents.testing import PairUnderTest, VipWatch, eventually
from hacomponents.testing.docker import inspect
from tests.integration.docker.stack import PulumiError
from tests.integration.docker.traffic import Traffic, require_all_answered

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hacomponents.testing import HostHandle
    from tests.integration.docker.site import Site

pytestmark = pytest.mark.integration

OLD, NEW = 20, 22
LOCK = "/run/hacomponents/lock"


def renumber(site: Site, vip: str) -> None:
    """Bring the site up with this VIP of the balancers, in the program's words."""
    site.stack.push(replace={"vip=Vip(net.address(20))": f"vip={vip}"})


def fails(site: Site, vip: str) -> str:
    """The same does not succeed; all that it wrote."""
    with pytest.raises(PulumiError) as failed:
        renumber(site, vip)
    return str(failed.value)


def vip_of(site: Site, offset: int) -> PairUnderTest:
    """The balancers with one of the two VIPs."""
    return PairUnderTest(site.lb.hosts, site.address(offset))


def on_first(site: Site) -> tuple[HostHandle, HostHandle]:
    """The balancers, with the VIP on the first of them, which is pushed to last, and to which a new VIP is brought."""
    first, second = site.lb.hosts
    if site.lb.holder != first:
        second.exec("hacomponents-agent", "handover")
    eventually(lambda: site.lb.holder == first and site.state(second)["vrrp"]["state"] == "BACKUP", within=60)
    return first, second


@contextmanager
def one_holder(site: Site) -> Iterator[None]:
    """Neither VIP is ever on two hosts while the body runs."""
    with ExitStack() as running:
        watches = [running.enter_context(VipWatch(vip_of(site, offset))) for offset in (OLD, NEW)]
        yield
    assert [(), ()] == [watch.overlaps for watch in watches]


@contextmanager
def busy(host: HostHandle) -> Iterator[None]:
    """A host that refuses every push, since somebody else is at it."""
    host.exec("sh", "-c", f"setsid flock {LOCK} sleep 600 >/dev/null 2>&1 &")
    eventually(lambda: "sleep" in host.exec("pgrep", "-xl", "sleep"))
    yield


def test_vip_is_renumbered(site: Site) -> None:
    """
    At once it is refused, with the two steps. In the first, both VIPs are served, and nginx asks the new one; in the
    second the old one goes. The VIP stays on the first host, and the way back is the same.
    """
    first, _ = on_first(site)
    old, new = f"Vip(net.address({OLD}))", f"Vip(net.address({NEW}))"

    with one_holder(site), Traffic(site) as traffic:
        refused = fails(site, new)
        renumber(site, f"Vip(net.address({NEW}), replaces={old})")
        assert first == vip_of(site, OLD).holder
        eventually(lambda: first == vip_of(site, NEW).holder)
        renumber(site, new)
        assert first == vip_of(site, NEW).holder
        assert not any(host.holds(site.address(OLD)) for host in site.lb.hosts)
        renumber(site, f"Vip(net.address({OLD}), replaces={new})")
        site.stack.push()

    assert f"{site.address(NEW)} would take the place of {site.address(OLD)}" in refused
    assert f'replaces=Vip("{site.address(OLD)}", ...)' in refused
    require_all_answered(traffic)
    assert first == site.lb.holder


def test_subnets_of_a_live_network_are_refused(site: Site) -> None:
    """
    The network gets no IPv6 while it is up: the preview says so, and `up` does, and nothing is touched.
    """
    hosts = [inspect(host.name, "{{.Id}} {{.State.StartedAt}}") for host in site.hosts]
    site.stack.write(replace={'net = network("rails",': f'net = network("rails", cidr6="{site.stack.cidr6}",'})

    with Traffic(site) as traffic:
        for operation in (site.stack.preview, site.stack.up):
            with pytest.raises(PulumiError, match=r"network rails\.cidr6: cannot change while"):
                operation()
        site.stack.push()

    assert [] == traffic.failures
    assert hosts == [inspect(host.name, "{{.Id}} {{.State.StartedAt}}") for host in site.hosts]


@pytest.mark.parametrize("step", [1, 2])
def test_renumbering_stops_half_way(site: Site, step: int) -> None:
    """
    The standby is pushed to, and the active host is not, and is then killed: the other one serves what is asked, and
    when the host is back, the next `up` goes on from there.
    """
    first, second = on_first(site)
    old, new = f"Vip(net.address({OLD}))", f"Vip(net.address({NEW}))"
    steps = [f"Vip(net.address({NEW}), replaces={old})", new]
    asked = [OLD, NEW][step - 1]

    with one_holder(site):
        for vip in steps[: step - 1]:
            renumber(site, vip)
        with busy(first):
            assert "Busy: " in fails(site, steps[step - 1])
            site.client.succeeds(site.url("/up"))
            first.kill()
            eventually(lambda: second.holds(site.address(asked)))
            site.client.eventually(site.url("/up"))
        first.start()
        for vip in steps[step - 1 :]:
            renumber(site, vip)
        site.client.succeeds(site.url("/up"))
        renumber(site, f"Vip(net.address({OLD}), replaces={new})")
        site.stack.push()
