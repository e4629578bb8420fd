"""When the watchdog ends a keepalived, on a pretended machine and clock."""

from __future__ import annotations

import signal
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from hacomponents.agent.machine import Machine
from hacomponents.agent.procedures.push import apply
from hacomponents.agent.residents.watchdog import KeepalivedWatch
from tests.agent.samples import text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hacomponents.agent.host import Host

VIP = "10.0.0.10"
PARENT, CHILD, ANOTHER = 100, 101, 102
ADVERT = 0.2
STEP = 0.025


class Kernel(Machine):
    """Processes that sleep or do not, one address, and the signals that were sent."""

    def __init__(self) -> None:
        self.slept: dict[int, int] = {PARENT: 1, CHILD: 1}
        self.state = "S"
        self.holds = True
        self.signals: list[tuple[int, int]] = []
        self.in_real_time: list[int] = []

    def process(self, pid: int) -> tuple[str, int] | None:
        """As was told."""
        return (self.state, self.slept[pid]) if pid in self.slept else None

    def local_addresses(self) -> set[str]:
        """As was told."""
        return {VIP} if self.holds else set()

    def remove_address(self, vip: str) -> None:
        """Hold it no more."""
        assert vip == f"{VIP}/24"
        self.holds = False

    def run_in_real_time(self, pid: int, priority: int) -> None:  # noqa: ARG002
        """Note whom."""
        self.in_real_time.append(pid)

    def signal(self, pid: int, number: int) -> None:
        """Note it."""
        self.signals.append((pid, number))


class Story:
    """A watchdog at work."""

    def __init__(self, host: Host) -> None:
        keepalived = host.keepalived(host.store.current())
        assert keepalived is not None
        self.kernel = Kernel()
        self._host = host
        host.machine = self.kernel
        for path, pid in (("pids/keepalived", PARENT), ("keepalived/vrrp.pid", CHILD)):
            self.write(path, pid)
        self._dog = KeepalivedWatch(host, keepalived, ADVERT)
        self._now = 1000.0

    def write(self, path: str, pid: int) -> None:
        """Write a pid file."""
        file = Path(self._host.layout.run, path)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"{pid}\n")

    def pass_time(self, seconds: float, *, alive: Iterable[int] = ()) -> str:
        """Look as often as the watchdog does, while some processes go on; the first thing that it says."""
        for _ in range(round(seconds / STEP)):
            self._now += STEP
            for pid in alive:
                self.kernel.slept[pid] += 1
            if why := self._dog.look(self._now):
                return why
        return ""

    def freeze(self, seconds: float) -> None:
        """Let time pass in which nobody looks."""
        self._now += seconds


@pytest.fixture
def story(host: Host) -> Story:
    """A host whose keepalived holds the VIP and is well."""
    apply(host, text())
    story = Story(host)
    assert story.pass_time(1, alive=[CHILD]) == ""
    return story


@pytest.mark.parametrize(
    ("state", "adverts", "silence"), [("T", 1.5, 0.32), ("S", 2, 0.42), ("D", 2, 0.42), ("R", 2.75, 0.57)]
)
def test_a_holder_that_hangs_gives_its_vip_up_before_the_peer_takes_it(
    story: Story, state: str, adverts: float, silence: float
) -> None:
    """
    Without a sign of life the VIP is taken off and all of keepalived killed: soon if it is stopped, as late as can be
    if it may just wait for a processor. The peer waits for three adverts.
    """
    story.kernel.state = state

    assert "" == story.pass_time(adverts * ADVERT)
    assert f"keepalived was ended: it hangs: no sign of life for {silence:.2f} s" == story.pass_time(2 * STEP)
    assert not story.kernel.holds
    assert [(-PARENT, signal.SIGKILL)] == story.kernel.signals


def test_a_keepalived_that_was_ended_is_ended_once(story: Story) -> None:
    """
    While the killed processes are dying, nothing more is done; the next child is watched again.
    """
    assert story.pass_time(1)
    assert "" == story.pass_time(0.2)
    del story.kernel.slept[CHILD]
    assert "" == story.pass_time(0.2)
    story.kernel.slept[ANOTHER] = 1
    story.write("keepalived/vrrp.pid", ANOTHER)
    story.kernel.holds = True

    assert "" == story.pass_time(0.2)
    assert story.pass_time(1)


def test_who_sends_adverts_runs_in_real_time(story: Story) -> None:
    """
    Each process that sends adverts is given real time, once.
    """
    story.kernel.holds = False
    del story.kernel.slept[CHILD], story.kernel.slept[PARENT]
    assert "" == story.pass_time(ADVERT)
    story.kernel.slept[ANOTHER] = 1
    story.write("keepalived/vrrp.pid", ANOTHER)
    assert "" == story.pass_time(ADVERT)

    assert [CHILD, ANOTHER] == story.kernel.in_real_time


def test_a_host_that_was_frozen_as_a_whole_is_left_alone(story: Story) -> None:
    """
    Time in which the watchdog itself did not run counts for nothing.
    """
    story.freeze(60)

    assert "" == story.pass_time(ADVERT)
    assert "" == story.pass_time(1, alive=[CHILD])


def test_a_standby_that_takes_over_is_left_alone(story: Story) -> None:
    """
    A standby hears no adverts of a dead master and has nothing to do; its silence counts from when it holds the VIP.
    """
    story.kernel.holds = False
    assert "" == story.pass_time(3 * ADVERT)
    story.kernel.holds = True

    assert "" == story.pass_time(ADVERT)
    assert "" == story.pass_time(1, alive=[CHILD])


def test_a_standby_that_hangs_is_asked_first(story: Story) -> None:
    """
    Without a VIP, five seconds of silence are a question (SIGUSR1); one more without an answer is the end.
    """
    story.kernel.holds = False

    assert "" == story.pass_time(5.5)
    assert [(CHILD, signal.SIGUSR1)] == story.kernel.signals
    assert "keepalived was ended: it hangs: no answer after 6 s" == story.pass_time(1)
    assert (-PARENT, signal.SIGKILL) == story.kernel.signals[-1]


def test_a_standby_that_answers_is_left_alone(story: Story) -> None:
    """
    A standby that has nothing to do, and answers, is asked again and again, and never ended.
    """
    story.kernel.holds = False
    for _ in range(3):
        assert "" == story.pass_time(5.5)
        assert "" == story.pass_time(STEP, alive=[CHILD])

    assert 3 * [(CHILD, signal.SIGUSR1)] == story.kernel.signals


def test_a_child_that_was_replaced_leaves_no_vip(story: Story) -> None:
    """
    A parent starts a child anew that does not know of its predecessor's VIP: both are ended, and the VIP taken off.
    """
    del story.kernel.slept[CHILD]
    story.kernel.slept[ANOTHER] = 1
    story.write("keepalived/vrrp.pid", ANOTHER)

    assert "keepalived was ended: its child has ended" == story.pass_time(STEP)
    assert not story.kernel.holds


def test_a_keepalived_that_ends_in_order_is_left_alone(story: Story) -> None:
    """
    When parent and child are gone there is nobody to end.
    """
    story.kernel.slept.clear()

    assert "" == story.pass_time(10)
    assert [] == story.kernel.signals
