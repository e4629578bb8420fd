"""What is said of a stack, and what to do about it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from clone.stack import CloneStack
from hacomponents.operations.status import table
from hacomponents.operations.verdict import HostState, page, pairs, problems

if TYPE_CHECKING:
    from collections.abc import Mapping

VIP = "10.10.0.10"
MAKE = CloneStack("shop", {}).deployed.commands
VIEW = "each host's view: " + "; ".join(f"docker exec shop-web-{each} hacomponents-agent status" for each in (1, 2))
NO_STANDBY = [f"{VIP}: it is on web-1, and no standby could take it over", "see what is said above"]


def service(name: str, **differing: object) -> dict[str, Any]:
    """A service that is well, but for what is given."""
    by_hand = {"start": f"start {name}", "restart": f"restart {name}", "log": f"show the log of {name}"}
    well = {"state": "run", "pid": 7, "digest": "aa", "wanted": "aa", "healthy": True, "ailment": ""}
    return {**well, "by_hand": by_hand, **differing}


OF_0_0 = {name: value for name, value in service("keepalived").items() if name != "by_hand"}
"""As the first agents told of a service."""


def web(number: int, *, nginx: Mapping[str, object] | None = None, **differing: object) -> HostState:
    """A host of the pair `web`, well, but for what is given: number 1 holds the VIP."""
    answer = {
        "release": "123456789abc",
        "services": {"keepalived": service("keepalived"), "nginx": service("nginx", **(nginx or {}))},
        "vips": [VIP] if number == 1 else [],
        "vrrp": {"state": "MASTER" if number == 1 else "BACKUP", "vips": [VIP]},
        "maintenance": False,
        "lock": "",
    }
    return HostState("shop", f"shop-web-{number}", answer=answer | differing)


def off(state: str, words: str = "") -> HostState:
    """The standby, without an answer."""
    return HostState("shop", "shop-web-2", state, words=words)


def said(*hosts: HostState) -> list[str]:
    """The problems of a stack, each as two lines."""
    return [line for problem in problems(hosts, MAKE) for line in str(problem).split("\n  remedy: ")]


def log(name: str) -> str:
    """How the standby's log of a service is read."""
    return f"its log: docker exec shop-web-2 show the log of {name}"


def test_a_stack_that_is_well() -> None:
    """
    A pair with a holder and a standby, and a host without a VIP: nothing is said.
    """
    alone = HostState("shop", "shop-app-1", answer=dict(web(1).answer or {}, vips=[], vrrp=None))

    assert [] == said(web(1), web(2), alone)


@pytest.mark.parametrize(
    ("standby", "problem", "remedy"),
    [
        (off("missing"), "its container is gone", "make up STACK=shop"),
        (off("paused"), "it is frozen", "docker unpause shop-web-2"),
        (
            off("exited"),
            "it does not run (exited)",
            "docker start shop-web-2; its last words: docker logs shop-web-2",
        ),
        (off("restarting"), "it does not come up", "docker logs shop-web-2"),
        (
            off("running", "nothing in 20 s"),
            "its agent does not answer: nothing in 20 s",
            "make up STACK=shop; if it stays so: docker restart shop-web-2",
        ),
        (web(2, release=None, vrrp=None), "it has no release", "make up STACK=shop"),
        (
            web(2, lock="apply (pid 7) since 2026-11-21T10:00:00Z"),
            "it is being changed by apply (pid 7) since 2026-11-21T10:00:00Z",
            "wait for it; if it hangs, end its process: docker exec shop-web-2 kill PID",
        ),
        (
            web(2, maintenance=True),
            "it is in maintenance: it takes no VIP",
            "docker exec shop-web-2 hacomponents-agent heal",
        ),
        (
            web(2, nginx={"state": "finish", "healthy": False, "digest": None}),
            "nginx is down (finish)",
            f"docker exec shop-web-2 start nginx; {log('nginx')}",
        ),
        (
            web(2, nginx={"healthy": False, "ailment": "GET http://127.0.0.1:8009/health: timed out", "digest": None}),
            "nginx is not well: GET http://127.0.0.1:8009/health: timed out",
            f"docker exec shop-web-2 restart nginx; {log('nginx')}",
        ),
        (
            web(2, nginx={"digest": "bb"}),
            "nginx serves bb, and aa is in force",
            f"docker exec shop-web-2 restart nginx; {log('nginx')}",
        ),
        (
            web(2, services={"keepalived": service("keepalived", digest=None)}),
            "keepalived does not tell what it serves, and aa is in force",
            f"docker exec shop-web-2 restart keepalived; {log('keepalived')}",
        ),
        (
            web(2, services={"keepalived": {**OF_0_0, "digest": None}}),
            "keepalived does not tell what it serves, and aa is in force",
            "make up STACK=shop",
        ),
        (
            web(2, vrrp={"state": "FAULT", "vips": [VIP]}),
            "its keepalived says FAULT: it takes no VIP",
            f"1 is a fault: docker exec shop-web-2 grep . -r /run/hacomponents/track; {log('keepalived')}",
        ),
    ],
)
def test_a_broken_standby(standby: HostState, problem: str, remedy: str) -> None:
    """
    Whatever is wrong with the standby is said with its remedy, and that the holder is alone.
    """
    assert [f"web-2: {problem}", remedy, *NO_STANDBY] == said(web(1), standby)


def test_a_vip_on_no_host() -> None:
    """
    A VIP that nobody holds is said once, without a word on standbys.
    """
    assert [f"{VIP}: it is on no host", VIEW] == said(web(1, vips=[]), web(2))


def test_a_vip_on_two_hosts() -> None:
    """
    A VIP that both hold is said, with both names.
    """
    assert [f"{VIP}: it is on two hosts: web-1 and web-2", VIEW] == said(web(1), web(2, vips=[VIP]))


def test_a_standby_that_cannot_see_the_holder() -> None:
    """
    A standby that sees the VIP on no host, or on a stranger's, is not counted on.
    """
    blind = service("keepalived", healthy=False, ailment=f"{VIP} is on no host")

    expected = [f"{VIP}: it is on web-1, but web-2 sees otherwise: {VIP} is on no host", f"its network; {VIEW}"]
    assert expected + NO_STANDBY == said(web(1), web(2, services={"keepalived": blind}))


def test_both_hosts_are_off() -> None:
    """
    Where nobody answers, each host is said.
    """
    both = [HostState("shop", f"shop-web-{number}", "exited") for number in (1, 2)]

    assert ["web-1: it does not run (exited)", "web-2: it does not run (exited)"] == said(*both)[::2]


def test_the_table() -> None:
    """
    One line a host: services counted by kind, the release, and who holds the VIP or stands by.
    """
    thin = {name: service(name) for name in ("agent-check", "thin-3000", "thin-3001")}
    app = HostState("shop", "shop-app-1", answer=dict(web(1).answer or {}, vips=[], vrrp=None, services=thin))

    lines = table([app, web(1), web(2), HostState("shop", "shop-web-3", "paused")]).splitlines()

    assert [
        "HOST   SERVICES            RELEASE       VIP",
        "app-1  agent-check thin*2  123456789abc  -",
        "web-1  keepalived nginx    123456789abc  10.10.0.10",
        "web-2  keepalived nginx    123456789abc  (BACKUP for 10.10.0.10)",
        "web-3  (paused)            -             -",
    ] == lines


def test_pairs() -> None:
    """
    Hosts that share VIPs are a pair, under the first of these; a host without one is in none.
    """
    both = [web(number, vrrp={"state": "BACKUP", "vips": [VIP, "10.10.0.11"]}) for number in (1, 2)]
    alone = web(3, vrrp=None)

    assert {VIP: tuple(both)} == pairs([*both, alone])


def test_the_page_to_ask() -> None:
    """
    A site is asked for its servers' own page, behind its URL; for the URL alone where no server has one.
    """
    app = {
        "thin-3000": service("thin-3000", health="http://10.10.0.96:3000/up"),
        "agent-check": service("agent-check", health=""),
    }
    proxy = {"nginx": service("nginx", health="http://127.0.0.1:8009/health")}
    hosts = [HostState("shop", f"shop-{name}", answer={"services": each}) for name, each in (("a", proxy), ("b", app))]

    assert "https://10.10.0.10/up" == page("https://10.10.0.10/", hosts)
    assert "https://10.10.0.10/" == page("https://10.10.0.10/", hosts[:1])
