"""keepalived before and after a reload, where the kernel would give it real time and where it would not."""

from __future__ import annotations

import pytest

from tests.agent import real_time
from tests.agent.boxes import SECOND_VIP, Box, boxes, eventually
from tests.agent.lone_pair import push

pytestmark = pytest.mark.daemons

REAL_TIME, ORDINARY = 2, 0  # sched(7): SCHED_RR, SCHED_OTHER
STARTS = 2
CHILD = "/run/hacomponents/keepalived/vrrp.pid"
# Its policy, its place among others (nice), and the limit by which the kernel would end it.
SCHEDULING = f"""\
child=$(cat {CHILD})
echo $child
cut -d ' ' -f 19,41 /proc/$child/stat
grep 'Max realtime timeout' /proc/$child/limits
"""


def scheduling(box: Box, policy: int) -> tuple[str, list[str]]:
    """The process that sends adverts, and how it is scheduled, once that is by this policy."""
    found: list[str] = []

    def is_scheduled() -> bool:
        found[:] = [" ".join(line.split()) for line in box.run(SCHEDULING).splitlines()]
        return found[1] == f"-20 {policy}"

    eventually(is_scheduled)
    return found[0], found[1:]


def times_master(box: Box) -> int:
    """How often keepalived said that it takes the VIP."""
    return int(box.run("grep -c 'Entering MASTER' /var/log/hacomponents/keepalived/current"))


def test_the_first_push_after_one_that_gave_real_time_itself() -> None:
    """
    A keepalived that has real time by its own configuration lives on when that is taken from it, and holds its VIP: it
    is left with a limit of no time at all, so it gets real time only when it is started anew.
    """
    own = "vrrp_rt_priority 50\\n    vrrp_rlimit_rttime 1000000\\n    vrrp_no_swap"
    with boxes(1) as (box,):
        real_time.give(box.name)
        push(box, replace=("vrrp_no_swap", own))
        before = scheduling(box, REAL_TIME)
        push(box)
        after = scheduling(box, ORDINARY)
        box.run("sv -w 5 restart /etc/service/keepalived")
        anew = scheduling(box, REAL_TIME)
        eventually(lambda: times_master(box) >= STARTS)
        entered = times_master(box)

    assert before[0] == after[0]
    assert "Max realtime timeout 0 0 us" == after[1][1]
    assert "Max realtime timeout unlimited unlimited us" == anew[1][1]
    assert STARTS == entered


@pytest.mark.parametrize("given", [True, False], ids=["real time", "no real time"])
def test_a_reload_leaves_keepalived_as_it_is(*, given: bool) -> None:
    """
    The process that sends adverts is the same after a reload, in real time where that is to be had and else first among
    the ordinary ones, and without a limit by which the kernel ends it.
    """
    policy = REAL_TIME if given else ORDINARY
    with boxes(1) as (box,):
        if given:
            real_time.give(box.name)
        offered = box.run("chrt --rr 1 true && echo yes")
        push(box)
        before, served = scheduling(box, policy), box.digests()["keepalived"]
        push(box, SECOND_VIP)
        after, serving = scheduling(box, policy), box.digests()["keepalived"]

    assert ("yes\n" if given else "") == offered
    assert served != serving
    assert before == after
    assert [f"-20 {policy}", "Max realtime timeout unlimited unlimited us"] == after[1]
