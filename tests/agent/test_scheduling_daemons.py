"""keepalived before and after a reload, where the kernel would give it real time and where it would not."""

from __future__ import annotations

from pathlib import Path

import pytest

from hacomponents.render import bundle_of
from hacomponents.topology.network import Host, Network
from hacomponents.topology.pair import Pair
from hacomponents.topology.site import Site
from hacomponents.topology.vip import Vip
from tests.agent.boxes import SECOND_VIP, SUBNET, VIP, Box, boxes, docker, eventually

pytestmark = pytest.mark.daemons

# Where control groups (version 1) have a budget of real time each: microseconds in a second. A kernel without
# CONFIG_RT_GROUP_SCHED has none, and lets a container have it by CAP_SYS_NICE alone.
GROUPS = Path("/sys/fs/cgroup/cpu/docker")
BUDGET = "cpu.rt_runtime_us"
OURS, ALL = 50_000, 200_000
REAL_TIME, ORDINARY = 2, 0  # sched(7): SCHED_RR, SCHED_OTHER
CHILD = "/run/hacomponents/keepalived/vrrp.pid"
# Its policy, its place among others (nice), and the limit by which the kernel would end it.
SCHEDULING = f"""\
child=$(cat {CHILD})
echo $child
cut -d ' ' -f 19,41 /proc/$child/stat
grep 'Max realtime timeout' /proc/$child/limits
"""


def give_real_time(box: Box) -> None:
    """Have real time to be had on a machine, until it is gone."""
    group = GROUPS / docker("inspect", "--format={{.Id}}", box.name).stdout.strip() / BUDGET
    if group.exists():
        # That of all containers stays: another run of this test may need it.
        (GROUPS / BUDGET).write_text(str(max(ALL, int((GROUPS / BUDGET).read_text()))))
        group.write_text(str(OURS))


def bundle(box: Box, *excluded: str) -> str:
    """What the library has for a host of a pair that stands alone."""
    network = Network("net", f"{SUBNET}.0/24")
    hosts = tuple(Host(f"db-{number}", f"{SUBNET}.1{number}") for number in (1, 2))
    pair = Pair("db", hosts, Vip(VIP, virtual_ipaddress_excluded=excluded))
    return bundle_of(Site("site", network, (pair,)), hosts[box.number - 1]).text


def scheduling(box: Box, policy: int) -> tuple[str, list[str]]:
    """The process that sends adverts, and how it is scheduled, once that is by this policy."""
    found: list[str] = []

    def is_scheduled() -> bool:
        found[:] = [" ".join(line.split()) for line in box.run(SCHEDULING).splitlines()]
        return found[1] == f"-20 {policy}"

    eventually(is_scheduled)
    return found[0], found[1:]


def test_the_first_push_after_one_that_gave_real_time_itself() -> None:
    """
    A keepalived that has real time by its own configuration lives on when that is taken from it, and holds its VIP: it
    is left with a limit of no time at all, so it gets real time only when it is started anew.
    """
    own = "vrrp_rt_priority 50\\n    vrrp_rlimit_rttime 1000000\\n    vrrp_no_swap"
    with boxes(1) as (box,):
        give_real_time(box)
        status, words = box.agent("apply", stdin=bundle(box).replace("vrrp_no_swap", own))
        assert status == 0, words
        before = scheduling(box, REAL_TIME)
        status, words = box.agent("apply", stdin=bundle(box))
        assert status == 0, words
        after = scheduling(box, ORDINARY)
        box.run("sv -w 5 restart /etc/service/keepalived")
        anew = scheduling(box, REAL_TIME)
        entered = box.run("grep -c 'Entering MASTER' /var/log/hacomponents/keepalived/current").strip()

    assert before[0] == after[0]
    assert "Max realtime timeout 0 0 us" == after[1][1]
    assert "Max realtime timeout unlimited unlimited us" == anew[1][1]
    assert "2" == entered


@pytest.mark.parametrize("given", [True, False], ids=["real time", "no real time"])
def test_a_reload_leaves_keepalived_as_it_is(*, given: bool) -> None:
    """
    The process that sends adverts is the same after a reload, in real time where that is to be had and else first among
    the ordinary ones, and without a limit by which the kernel ends it.
    """
    policy = REAL_TIME if given else ORDINARY
    with boxes(1) as (box,):
        if given:
            give_real_time(box)
        offered = box.run("chrt --rr 1 true && echo yes")
        status, words = box.agent("apply", stdin=bundle(box))
        assert status == 0, words
        before, served = scheduling(box, policy), box.digests()["keepalived"]
        status, words = box.agent("apply", stdin=bundle(box, SECOND_VIP))
        assert status == 0, words
        after, serving = scheduling(box, policy), box.digests()["keepalived"]

    assert ("yes\n" if given else "") == offered
    assert served != serving
    assert before == after
    assert [f"-20 {policy}", "Max realtime timeout unlimited unlimited us"] == after[1]
