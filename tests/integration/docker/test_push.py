"""What `pulumi up`, `preview` and `refresh` do to a site that is up."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from hacomponents.testing import VipWatch
from tests.integration.docker.elsewhere import elsewhere
from tests.integration.docker.stack import PulumiError, changed_lines

if TYPE_CHECKING:
    from pathlib import Path

    from hacomponents.testing import HostHandle
    from tests.integration.docker.site import Site

pytestmark = pytest.mark.integration

NONSENSE = 'extra_config="nonsense"'


def release(host: HostHandle) -> str:
    """The name of the release that a host serves."""
    return host.exec("readlink", "/etc/hacomponents/current")


def test_second_up_changes_nothing(site: Site) -> None:
    """
    `pulumi up` on an unchanged program: every resource stays the same.
    """
    assert {} == site.stack.push().changed


def test_refresh_of_an_untouched_stack_changes_nothing(site: Site) -> None:
    """
    `pulumi refresh` finds what is recorded, and `pulumi up` after it has nothing to do.
    """
    assert {} == site.stack.refresh().changed
    assert {} == site.stack.up().changed


def test_another_clone_changes_nothing(site: Site, tmp_path: Path) -> None:
    """
    `pulumi preview` in a colleague's clone, of another path, umask and virtual environment: every resource stays.
    """
    site.stack.push()

    assert {} == elsewhere(site.stack, tmp_path).preview().changed


def test_refused_configuration_leaves_the_site_up(site: Site) -> None:
    """
    What haproxy refuses is reported with its own words, twice, and the site stays up; the next good push converges.
    """
    before = [release(host) for host in site.lb.hosts]

    with site.client.load(site.url("/up"), connections=4, think_time=0.02) as load:
        for _ in range(2):
            with pytest.raises(PulumiError, match="nothing was changed") as refused:
                site.stack.push(lb=NONSENSE)
            assert "unknown keyword 'nonsense'" in str(refused.value)

    assert () == load.report.failures
    assert before == [release(host) for host in site.lb.hosts]
    site.stack.push(lb="retries=4")
    assert all("retries 4" in host.exec("cat", "/etc/haproxy/haproxy.cfg") for host in site.lb.hosts)
    site.stack.push()
    assert before == [release(host) for host in site.lb.hosts]


def test_push_of_configuration_is_not_noticed(site: Site) -> None:
    """
    A change to nginx and one to haproxy under load: no request fails and no VIP moves.
    """
    holders = (site.web.holder, site.lb.holder)

    with (
        VipWatch(site.web) as web,
        VipWatch(site.lb) as lb,
        site.client.load(site.url("/up"), connections=4, think_time=0.02) as load,
    ):
        site.stack.push(web='client_max_body_size="2m"', lb="retries=4")
        site.stack.push()

    assert () == load.report.failures
    assert [(holder.name,) for holder in holders] == [move.holders for watch in (web, lb) for move in watch.moves]


def test_preview_shows_the_changed_line_and_nothing_else(site: Site) -> None:
    """
    A change of one line: `pulumi preview --diff` shows it under its file's path, for both hosts of the tier, alone.
    """
    site.stack.write(lb="retries=4")
    preview = site.stack.preview()

    assert len(site.lb.hosts) * ["- retries 3", "+ retries 4"] == changed_lines(preview.output)
    assert {"update": len(site.lb.hosts)} == preview.changed
    assert len(site.lb.hosts) == len(re.findall(r'/etc/haproxy/haproxy\.cfg"?\s*:', preview.output))
