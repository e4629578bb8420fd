"""`make status` says what is broken before it is needed."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from hacomponents.testing import eventually
from tests.integration.docker.stack import REPOSITORY

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from hacomponents.testing import HostHandle
    from tests.integration.docker.site import Site

pytestmark = pytest.mark.integration


@pytest.fixture
def standby(site: Site) -> Iterator[HostHandle]:
    """The standby of the web tier, well again in the end."""
    standby = site.web.standby
    yield standby
    site.heal()
    standby.exec("sh", "-c", "sv force-restart /etc/service/nginx || true")  # it says 1 where it had to kill
    eventually(lambda: status(site)[0] == 0, within=30)


def status(site: Site) -> tuple[int, str]:
    """Exit status of the command, and all that it wrote."""
    environment = {**site.stack.environment(), "STACK": site.stack.name}
    done = subprocess.run(
        ["toolchain/run", "status"], cwd=REPOSITORY, env=environment, capture_output=True, text=True, check=False
    )
    return done.returncode, done.stdout + done.stderr


def short(site: Site, host: HostHandle) -> str:
    """Its name in the program."""
    return host.name.removeprefix(f"{site.stack.name}-")


def test_a_stack_that_is_well(site: Site) -> None:
    """
    A line for each host, with the VIP at the one that holds it, and no problem.
    """
    eventually(lambda: status(site)[0] == 0)

    words = status(site)[1]

    lines = {line.split()[0]: line for line in words.splitlines()}
    assert ["HOST", *sorted(short(site, host) for host in site.hosts)] == list(lines)
    for pair in (site.web, site.lb):
        assert lines[short(site, pair.holder)].endswith(f"  {pair.vip}")
        assert lines[short(site, pair.standby)].endswith(f"  (BACKUP for {pair.vip})")


@pytest.mark.parametrize(
    ("breaks", "words", "remedy"),
    [
        (lambda host: host.exec("sv", "down", "/etc/service/nginx"), "nginx is down (down)", "docker exec {} sv up "),
        (
            lambda host: host.kill_process("^nginx: ", "STOP"),
            "nginx is not well: GET http://127.0.0.1:8009/health",
            "docker exec {} sv force-restart nginx",
        ),
        (lambda host: host.pause(), "it is frozen", "docker unpause {}"),
        (lambda host: host.kill(), "it does not run (exited)", "docker start {}"),
    ],
    ids=["nginx is down", "nginx hangs", "frozen", "off"],
)
def test_a_broken_standby_is_said(
    site: Site, standby: HostHandle, breaks: Callable[[HostHandle], None], words: str, remedy: str
) -> None:
    """
    The standby breaks while the site answers: the stack says what, which VIP has no standby, and what to do.
    """
    holder = site.web.holder
    breaks(standby)

    problem = f"{short(site, standby)}: {words}"
    eventually(lambda: problem in status(site)[1])
    code, said = status(site)

    site.client.succeeds(site.url("/up"))
    assert 1 == code
    assert problem in said
    assert f"remedy: {remedy.format(standby.name)}" in said
    assert f"{site.web.vip}: it is on {short(site, holder)}, and no standby could take it over" in said
