"""A site on another release than the default one, and its way to that."""

from __future__ import annotations

from contextlib import ExitStack
from http import HTTPStatus
from typing import TYPE_CHECKING

import pytest

from hacomponents.testing import VipWatch, eventually
from hacomponents.topology.platform import DEBIAN_12
from tests.integration.docker.architecture import brought_up
from tests.integration.docker.site import Site
from tests.integration.docker.traffic import Traffic
from toolchain.setup import image

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from hacomponents.testing import HostHandle
    from tests.integration.docker.stack import Stack

pytestmark = pytest.mark.integration

SETTING = "hacomponents:platform"
NOT_OUT = {"debian-14": "debian-forky"}
"""What releases call themselves that have no number yet."""
TWO_APPLICATIONS = {'net.hosts("app", 1)': 'net.hosts("app", 2)'}
"""So that one serves while the other one is replaced."""


@pytest.fixture(scope="module")
def asked(request: pytest.FixtureRequest) -> str:
    """The release: that of `--platform`, or Debian 12."""
    return str(request.config.getoption("platform") or DEBIAN_12.name)


@pytest.fixture(scope="module")
def old(new_stack: Callable[[str], Stack], asked: str) -> Iterator[Site]:
    """A site whose hosts run it."""
    image.make(asked)
    stack = new_stack("platforms")
    stack.pulumi("config", "set", "--stack", stack.name, SETTING, asked)
    stack.write(replace=TWO_APPLICATIONS)
    with brought_up(stack) as client:
        yield Site(stack, client)


def release(host: HostHandle) -> str:
    """What a host runs."""
    return host.exec("sh", "-c", ". /etc/os-release; echo $ID-${VERSION_ID:-$VERSION_CODENAME}").strip()


def hosts(site: Site) -> tuple[HostHandle, ...]:
    """All of them."""
    return (*site.web.hosts, *site.lb.hosts, *(site.host(f"app-{number}") for number in (1, 2)))


def keeps_notes(site: Site, words: str) -> None:
    """A note that is posted is on the page."""
    site.client.succeeds(site.url("/notes"), status=HTTPStatus.FOUND, **site.note_form(words))
    eventually(lambda: words in site.client.succeeds(site.url("/")).body)


def changes_keepalived(site: Site, advert_int: float) -> None:
    """Another interval of adverts is pushed to a live pair, which serves with it."""
    edit = {"vip=Vip(net.address(10))": f"vip=Vip(net.address(10), vrrp=Vrrp3(advert_int={advert_int}))"}
    site.stack.push(replace={**TWO_APPLICATIONS, **edit, "Stats, Thin, Vip": "Stats, Thin, Vip, Vrrp3"})
    for host in site.web.hosts:
        assert f"advert_int {advert_int}" in host.exec("cat", "/etc/keepalived/keepalived.conf")


def test_a_site_on_another_release(old: Site, asked: str) -> None:
    """
    The page keeps notes; a running site is updated, keepalived's file too; nginx dies, and its peer serves.
    """
    assert {NOT_OUT.get(asked, asked)} == set(map(release, hosts(old)))

    keeps_notes(old, "on another release")
    changes_keepalived(old, 0.3)
    active, standby = old.web.holder, old.web.standby
    active.kill_process("^nginx: master")
    eventually(lambda: standby.holds(old.web.vip))
    old.client.eventually(old.url("/up"))


def test_to_the_default_release(old: Site) -> None:
    """
    By one `up` all hosts run Debian 13, one after the other, while the site serves: no request fails, each VIP is on
    one host at a time, and what was posted is there. Then the site is updated as before.
    """
    old.stack.push(replace=TWO_APPLICATIONS)
    keeps_notes(old, "before the move")
    old.stack.pulumi("config", "rm", "--stack", old.stack.name, SETTING)

    with ExitStack() as running:
        watches = [running.enter_context(VipWatch(pair)) for pair in (old.web, old.lb)]
        traffic = running.enter_context(Traffic(old))
        old.stack.up()

    assert {"debian-13"} == set(map(release, hosts(old)))
    assert ([], [(), ()]) == (traffic.failures, [watch.overlaps for watch in watches])
    kept = [
        old.host(f"app-{number}").exec("sh", "-c", "grep -rl 'before the move' /var/lib/app || true")
        for number in (1, 2)
    ]
    assert any(kept)  # the page shows the newest alone
    keeps_notes(old, "on Debian 13")
    changes_keepalived(old, 0.3)
