"""Waiting for a fact."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pytest

from hacomponents.testing import DockerError, NoAnswer, eventually
from hacomponents.testing.poll import LOOKS

if TYPE_CHECKING:
    from collections.abc import Callable


class Fact:
    """One that is there at the third look, and what is seen before."""

    def __init__(self, before: Callable[[], object], at: int = 3) -> None:
        self.looks = 0
        self._before = before
        self._at = at

    def look(self) -> object:
        """It is there."""
        self.looks += 1
        return self._before() if self.looks < self._at else "there"


def fails(error: Exception) -> object:
    """Does."""
    raise error


@pytest.mark.parametrize(
    "before",
    [
        bool,
        partial(fails, AssertionError("two holders")),
        partial(fails, DockerError("exit 1: unable to change to service directory: file does not exist")),
        partial(fails, NoAnswer("ConnectionRefusedError")),
    ],
    ids=["nothing", "another fact", "a command that fails", "no answer"],
)
def test_not_yet_is_no_error(before: Callable[[], object]) -> None:
    """
    Whatever a look meets before the fact is there, the next look counts: a host that boots runs no command yet.
    """
    assert "there" == eventually(Fact(before).look, every=0)


def test_a_mistake_of_the_story_is_told_at_once() -> None:
    """
    Any other error is no fact that is still to come.
    """
    fact = Fact(partial(fails, KeyError("no such name")))

    with pytest.raises(KeyError, match="no such name"):
        eventually(fact.look, every=0)
    assert 1 == fact.looks


def test_a_slow_look_moves_the_deadline() -> None:
    """
    The deadline is not before so many looks, however long each takes.
    """
    assert "there" == eventually(Fact(bool, at=LOOKS).look, within=0, every=0)


def test_what_was_waited_for_is_told() -> None:
    """
    At the deadline: what it was, by its own words, also of a function whose arguments were given before; and what the
    last look met.
    """

    def holds(vip: str) -> bool:
        """One host has the VIP."""
        raise DockerError(f"{vip}: no such container")

    with pytest.raises(AssertionError, match=r"^not within 0 s, in 20 looks: One host has the VIP\.: 10\.0\.0\.1: no "):
        eventually(partial(holds, "10.0.0.1"), within=0, every=0)
