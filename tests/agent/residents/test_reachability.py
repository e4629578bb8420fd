"""When a host is isolated, on a pretended link and clock."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from hacomponents.agent.disk.tracks import FAULT, NETWORK, WELL
from hacomponents.agent.machine import Machine
from hacomponents.agent.residents.reachability import EVERY, ISOLATED, Reachability

if TYPE_CHECKING:
    from hacomponents.agent.host import Host

SOURCE = "10.0.0.1"
WITNESSES = ["10.0.0.31", "10.0.0.41"]
STEP = 0.025


class Link:
    """Neighbours that answer, or do not."""

    def __init__(self) -> None:
        self.answering = list(WITNESSES)
        self.asked: list[str] = []
        self._waiting: list[str] = []

    def ask(self, address: str, source: str) -> None:
        """Have it answer, if it is there."""
        assert source == SOURCE
        self.asked.append(address)
        self._waiting += [address] if address in self.answering else []

    def answers(self) -> list[str]:
        """What has come since the last call."""
        answers, self._waiting = self._waiting, []
        return answers


class Wire(Machine):
    """A machine with that link."""

    def __init__(self) -> None:
        self.neighbours = Link()

    def link(self, source: str) -> Link:  # type: ignore[override]
        """The link."""
        assert source == SOURCE
        return self.neighbours


class Story:
    """A host that listens."""

    def __init__(self, host: Host, witnesses: list[str]) -> None:
        self._wire = Wire()
        self._host = host
        host.machine = self._wire
        host.prepare()
        self._reachability = Reachability(host, SOURCE, witnesses)
        self._now = 1000.0
        self.neighbours = self._wire.neighbours

    @property
    def state(self) -> str:
        """What keepalived reads."""
        return self._host.tracks.state(NETWORK)

    def pass_time(self, seconds: float) -> list[str]:
        """Look as often as the watchdog does; all that was said."""
        said = []
        for _ in range(round(seconds / STEP)):
            self._now += STEP
            said.append(self._reachability.look(self._now))
        return [words for words in said if words]

    def freeze(self, seconds: float) -> None:
        """Let time pass in which nobody looks."""
        self._now += seconds


@pytest.fixture
def story(host: Host) -> Story:
    """A host that hears its witnesses."""
    story = Story(host, list(WITNESSES))
    assert story.pass_time(1) == []
    return story


def test_a_host_that_hears_nobody_is_at_fault_until_it_hears_again(story: Story) -> None:
    """
    A second without an answer is a fault; the first answer ends it.
    """
    story.neighbours.answering = []
    assert [] == story.pass_time(ISOLATED - EVERY)
    assert ["this host is isolated: no answer from 10.0.0.31, 10.0.0.41"] == story.pass_time(2 * EVERY)
    assert FAULT == story.state

    story.neighbours.answering = WITNESSES[1:]
    assert ["the network is heard again"] == story.pass_time(3 * EVERY)
    assert WELL == story.state


def test_one_witness_that_answers_is_enough(story: Story) -> None:
    """
    The others may be dead.
    """
    story.neighbours.answering = WITNESSES[:1]

    assert [] == story.pass_time(10)


def test_witnesses_are_asked_in_turn_five_times_a_second(story: Story) -> None:
    """
    However often somebody looks.
    """
    story.neighbours.asked = []

    story.pass_time(2)

    assert 8 <= len(story.neighbours.asked) <= 2 / EVERY
    assert set(WITNESSES) == set(story.neighbours.asked[:2])


def test_time_in_which_nobody_looked_does_not_count(story: Story) -> None:
    """
    A host that was frozen has heard nobody meanwhile, and is not isolated.
    """
    story.freeze(60)

    assert [] == story.pass_time(2)


def test_a_host_that_has_heard_nobody_yet_is_not_isolated(host: Host) -> None:
    """
    It may be the first one that starts.
    """
    story = Story(host, list(WITNESSES))
    story.neighbours.answering = []

    assert [] == story.pass_time(10)
    assert WELL == story.state


def test_less_than_two_witnesses_are_none(host: Host) -> None:
    """
    The one host may be dead; a fault of before, with more witnesses, is taken back.
    """
    story = Story(host, WITNESSES[:1])
    host.tracks.set_network(FAULT)

    assert ["the network is heard again"] == story.pass_time(10)
    assert [] == story.neighbours.asked
