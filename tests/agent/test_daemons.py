"""The agent with the real daemons, on two containers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.agent.boxes import SECOND_VIP, VIP, Box, boxes, bundle, docker, eventually

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.daemons

REJECTED, ROLLED_BACK = 3, 4
KILLED = "137"  # the exit status of what Docker had to kill


@pytest.fixture(scope="module")
def machines() -> Iterator[tuple[Box, Box]]:
    """Both machines, with nothing pushed to them."""
    with boxes(2) as (first, second):
        yield first, second


@pytest.fixture
def pair(machines: tuple[Box, Box]) -> tuple[Box, Box]:
    """Both machines, serving, the VIP on the first."""
    first, second = machines
    for box in (second, first):
        status, words = box.push(bundle(box))
        assert status == 0, words
    status, words = second.agent("settle")
    assert status == 0, words
    assert first.holds()
    return first, second


def test_every_daemon_proves_what_it_serves(pair: tuple[Box, Box]) -> None:
    """
    After a push each daemon answers, from its own mouth, with the slice that the release has for it.
    """
    first, _ = pair

    status, words = first.push(bundle(first, body="changed"))
    state = first.status()

    assert status == 0, words
    assert {True} == {service["healthy"] for service in state["services"].values()}
    assert "changed" == first.run("curl -s localhost")
    assert f"serving {state['release']}" in words


def test_a_push_never_moves_the_vip(pair: tuple[Box, Box]) -> None:
    """
    A change of everything, and a VIP added to and removed from both hosts, the standby first, leaves the holder alone.
    """
    first, second = pair
    pid = first.status()["services"]["keepalived"]["pid"]

    for vips in (2, 1):
        for box in (second, first):
            status, words = box.push(bundle(box, body=f"{vips} VIPs", vips=vips))
            assert status == 0, words
        assert (vips == len([VIP, SECOND_VIP])) == first.holds(SECOND_VIP)
        assert (True, False) == (first.holds(), second.holds())
    assert pid == first.status()["services"]["keepalived"]["pid"]
    assert "1" == first.run("grep -c 'Entering MASTER' /var/log/hacomponents/keepalived/current").strip()


def test_what_haproxy_refuses_changes_nothing(pair: tuple[Box, Box]) -> None:
    """
    A file that haproxy refuses is reported with its words, twice in a row, and everything goes on as before.
    """
    first, _ = pair
    before = first.digests()

    for _ in range(2):
        status, words = first.push(bundle(first, extra="nonsense"))
        assert REJECTED == status
        assert "haproxy refused the new configuration; nothing was changed" in words
        assert "unknown keyword 'nonsense'" in words
    assert before == first.digests()


def test_a_reload_that_fails_is_rolled_back(pair: tuple[Box, Box]) -> None:
    """
    A socket in a folder that is not there passes haproxy's check and fails its reload: back on the release before, in
    its words.
    """
    first, _ = pair
    before = first.digests()

    status, words = first.push(bundle(first, body="another", extra="bind unix@/nowhere/socket"))

    assert ROLLED_BACK == status
    assert "haproxy did not reload; back on" in words
    assert "cannot bind UNIX socket" in words
    assert before == first.digests()


def test_a_port_that_somebody_else_has_is_refused(pair: tuple[Box, Box]) -> None:
    """
    A port that nginx has passes haproxy's check, and a reload would wait for it and pause all frontends: it is refused
    before anything is touched, with the program that has it.
    """
    first, _ = pair
    before = first.digests()

    status, words = first.push(bundle(first, body="another", port=80))

    assert REJECTED == status
    assert "*:80 is taken: nginx listens on 0.0.0.0:80; take another port, or free it by an `up` of its own" in words
    assert before == first.digests()


def test_an_application_that_does_not_answer_is_rolled_back(pair: tuple[Box, Box]) -> None:
    """
    The first of two processes restarts into a release without its health page: both are back on the old one.
    """
    first, _ = pair
    before = first.digests()

    status, words = first.push(bundle(first, app="elsewhere"))

    assert ROLLED_BACK == status
    assert "GET http://127.0.0.1:3000/up: 404" in words
    assert "File not found" in words
    assert before == first.digests()


def test_a_killed_push_is_healed_by_the_guard(pair: tuple[Box, Box]) -> None:
    """
    The agent is killed half-way: without anybody's help, the host is back on the release before.
    """
    first, _ = pair
    before = first.digests()

    push = first.start_push(bundle(first, app="elsewhere", body="another"))
    eventually(lambda: "elsewhere" in first.run("ls /srv/app"))
    first.run("kill -9 $(pgrep -f 'hacomponents-agent appl[y]')")
    push.wait()

    eventually(lambda: before == first.digests() and first.status()["lock"] == "")
    assert "hello" == first.run("curl -s localhost")


def test_a_power_cut_in_a_push_is_healed_at_boot(pair: tuple[Box, Box]) -> None:
    """
    The power fails half-way: the peer takes the VIP, and after its boot the host is back on the release before.
    """
    first, second = pair
    before = first.digests()

    push = first.start_push(bundle(first, app="elsewhere", body="another"))
    eventually(lambda: "elsewhere" in first.run("ls /srv/app"))
    docker("kill", first.name)
    push.wait()
    eventually(second.holds)
    docker("start", first.name)

    eventually(lambda: before == first.digests())
    eventually(lambda: {service["healthy"] for service in first.status()["services"].values()} == {True})
    assert (False, True) == (first.holds(), second.holds())


def test_killing_nginx_moves_the_vip_and_nginx_comes_back(pair: tuple[Box, Box]) -> None:
    """
    Kill -9 of nginx's master: the peer has the VIP, the orphaned workers are gone, nginx serves again, as a standby.
    """
    first, second = pair
    workers = first.run("pgrep -f 'nginx: worker'").split()

    first.run("kill -9 $(cat /run/hacomponents/pids/nginx)")

    eventually(second.holds)
    eventually(lambda: first.answers("http://127.0.0.1:8009/health"))
    assert not set(workers) & set(first.run("pgrep -f 'nginx: worker'").split())
    eventually(lambda: first.run("cat /run/hacomponents/track/nginx") == "0\n")
    assert (False, True) == (first.holds(), second.holds())


@pytest.mark.parametrize("process", ["parent", "vrrp"])
def test_a_killed_keepalived_leaves_no_vip_behind(pair: tuple[Box, Box], process: str) -> None:
    """
    Kill -9 of keepalived, the parent or the child: one holder soon, and keepalived runs again on both.
    """
    first, second = pair

    first.run(f"kill -9 $(cat /run/hacomponents/keepalived/{process}.pid)")

    eventually(lambda: first.holds() != second.holds() and None not in first.digests().values())


def test_a_handover_is_planned(pair: tuple[Box, Box]) -> None:
    """
    The holder hands the VIP over and stays a standby; a host that holds none says so.
    """
    first, second = pair

    assert (0, f"handed over {VIP}\n") == first.agent("handover")
    assert (False, True) == (first.holds(), second.holds())
    assert (0, "this host holds no VIP: nothing to hand over\n") == first.agent("handover")
    assert "0\n" == first.run("cat /run/hacomponents/track/maintenance")


def test_a_handover_to_nobody_changes_nothing(pair: tuple[Box, Box]) -> None:
    """
    Without a peer to take it, the VIP comes back, and the error says that nothing was changed.
    """
    first, second = pair
    second.run("sv -w 5 down /etc/service/keepalived")

    status, words = first.agent("handover")
    second.run("sv up /etc/service/keepalived")

    assert ROLLED_BACK == status
    assert f"nothing changed: the peer {second.address} would not take it" in words
    eventually(first.holds)


def test_a_host_stops_in_time_and_gives_the_vip_up_first(pair: tuple[Box, Box]) -> None:
    """
    `docker stop` ends the machine within its ten seconds, and the peer has the VIP before the proxies have ended.
    """
    first, second = pair

    docker("stop", first.name)
    status = docker("inspect", "--format", "{{.State.ExitCode}}", first.name).stdout.strip()
    words = docker("logs", first.name).stderr
    docker("start", first.name)

    assert KILLED != status
    assert second.holds()
    assert words.rindex("keepalived: ended") < words.rindex("nginx: ended")


def test_haproxys_log_is_in_the_syslog(pair: tuple[Box, Box]) -> None:
    """
    A request's line is in /var/log/syslog/current, with haproxy's facility and priority.
    """
    first, _ = pair

    first.run("curl -s localhost:8080/find-me")

    eventually(lambda: "local0.info" in first.run("grep find-me /var/log/syslog/current"))


def test_a_retired_host_serves_nothing_and_a_push_brings_it_back(pair: tuple[Box, Box]) -> None:
    """
    Before it goes for good, a host gives its VIP up and stops everything; the next push finds it as good as new.
    """
    first, second = pair

    status, words = first.agent("retire")
    stopped = {service["pid"] for service in first.status()["services"].values()}
    pushed, _ = first.push(bundle(first))

    assert (0, {None}) == (status, stopped)
    assert f"handed over {VIP}; keepalived stopped; nginx stopped" in words
    assert second.holds()
    assert 0 == pushed
    assert not first.status()["maintenance"]
