"""`pulumi up` killed with -9 at any moment: `make up` recovers by itself, and plain `pulumi up` says what to do."""

from __future__ import annotations

import random
import secrets
import subprocess
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from hacomponents.testing import Client, eventually
from hacomponents.testing.docker import docker
from tests.integration.docker.clone import Clone, kill
from tests.integration.docker.site import Site

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.integration.docker.stack import Stack

pytestmark = pytest.mark.integration

FROM_NOTHING = {False: 1, True: 10}
DURING_AN_UPDATE = {False: 3, True: 10}
"""How many moments, without and with `--thorough`."""
REMEDY = "`make up STACK=NAME`"
MORE = {'net.hosts("app", 1)': 'net.hosts("app", 2)', 'Tier("lb",': 'Tier("lb", retries=4,'}
"""An update that creates a host, or on the way back removes it, and pushes to others."""


@dataclass(frozen=True)
class Moment:
    """When `pulumi up` is killed, and what with it.

    Args:
        share: of the time that the run takes when nobody disturbs it.
        whole: whether its plugins and their commands are killed with it; else the CLI alone.
    """

    share: float
    whole: bool

    def __str__(self) -> str:
        return f"{self.share:.2f}-{'all' if self.whole else 'cli'}"


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Draw the moments; `--hypothesis-seed` draws those of an earlier run again."""
    thorough, given = (metafunc.config.getoption(name) for name in ("thorough", "hypothesis_seed"))
    seed = given or secrets.randbelow(1_000_000)
    for fixture, numbers in (("new", FROM_NOTHING), ("update", DURING_AN_UPDATE)):
        if fixture in metafunc.fixturenames:
            moments = drawn(random.Random(f"{seed} {fixture}"), numbers[thorough])  # noqa: S311 - to be drawn again
            metafunc.parametrize(fixture, moments, ids=lambda moment: f"{moment}-seed{seed}")


def drawn(chance: random.Random, number: int) -> list[Moment]:
    """Moments, one in each part of the run; every second one takes all processes."""
    return [Moment((part + chance.random()) / number, bool(part % 2)) for part in range(number)]


class Run:
    """A clone, and how long its runs take when nobody disturbs them.

    Attributes:
        clone: as given.
    """

    def __init__(self, clone: Clone) -> None:
        self.clone = clone
        self.stack = clone.stack
        self._seconds: dict[str, float] = {}
        self._more = False

    def measure(self) -> None:
        """Bring the stack up from nothing, update it, and note how long each took."""
        self._note("nothing")
        self.change()
        self._note("update")

    def change(self) -> None:
        """Edit the program, there or back."""
        self._more = not self._more
        self.stack.write(replace=MORE if self._more else {})

    def clear(self) -> None:
        """Nothing of the stack is there any more but its data, and its state is empty."""
        label = f"label=hacomponents.stack={self.stack.name}"
        docker("rm", "--force", "--volumes", *docker("ps", "--all", "--quiet", "--filter", label).split())
        docker("network", "rm", f"{self.stack.name}-rails")
        self.stack.pulumi("stack", "rm", "--yes", "--force", "--preserve-config", self.stack.name)
        self.stack.pulumi("stack", "init", self.stack.name)

    def kill(self, what: str, moment: Moment) -> None:
        """Start `pulumi up`, and kill it at a moment; it may be faster than expected, and done."""
        run = self.clone.start_up()
        with suppress(subprocess.TimeoutExpired):
            run.wait(moment.share * self._seconds[what])
        kill(run, whole=moment.whole)

    def recovers(self) -> None:
        """`make up` brings the site up, there is nothing left to do, and nothing is left over."""
        self.clone.make("up")
        with Client(f"{self.stack.name}-client", f"{self.stack.name}-rails") as client:
            client.succeeds(Site(self.stack, client).url("/up"))
        assert {} == self.stack.up().changed
        assert set() == self.clone.unrecorded()
        assert [] == self.clone.processes()

    def _note(self, what: str) -> None:
        started = time.monotonic()
        self.stack.up()
        self._seconds[what] = time.monotonic() - started


@pytest.fixture(scope="module")
def run(new_stack: Callable[[str], Stack]) -> Iterator[Run]:
    """A stack that is up, with times taken."""
    clone = Clone(new_stack("crash"))
    clone.create()
    try:
        run = Run(clone)
        run.measure()
        yield run
    finally:
        clone.make("down", "YES=1")


def test_killed_during_an_update(run: Run, update: Moment) -> None:
    """
    `pulumi up` killed during an update: `make up` recovers and converges by itself.
    """
    run.change()
    run.kill("update", update)

    run.recovers()


def test_killed_from_nothing(run: Run, new: Moment) -> None:
    """
    `pulumi up` killed while it makes the stack: `make up` recovers and converges by itself.
    """
    run.clear()
    run.kill("nothing", new)

    run.recovers()


def test_plain_up_after_a_kill_says_what_to_do(run: Run) -> None:
    """
    After a kill plain `pulumi up` fails: at the lock, then at a container that is not recorded; the last line is the
    remedy each time, and it helps.
    """
    run.clear()
    up = run.clone.start_up()
    eventually(lambda: docker("ps", "--quiet", "--filter", f"name={run.stack.name}-app-1"), within=30, every=0.02)
    kill(up, whole=True)

    locked = run.clone.plain_up().splitlines()
    run.stack.pulumi("cancel", "--yes", run.stack.name)
    taken = run.clone.plain_up().splitlines()

    assert "`pulumi cancel`" in next(line for line in locked if "currently locked" in line)
    assert any(f"`make up STACK={run.stack.name}` takes over what a killed run left" in line for line in taken)
    assert not any("docker rm" in line for line in taken)
    assert (REMEDY in locked[-1], REMEDY in taken[-1]) == (True, True)
    run.recovers()


def test_network_that_is_not_recorded(run: Run) -> None:
    """
    With all of the stack there and nothing recorded, plain `pulumi up` names the network, and the remedy last;
    `make down` takes all of it away.
    """
    run.stack.pulumi("stack", "rm", "--yes", "--force", "--preserve-config", run.stack.name)
    run.stack.pulumi("stack", "init", run.stack.name)

    taken = run.clone.plain_up().splitlines()
    assert len(run.clone.unrecorded()) > 1
    run.clone.make("down", "YES=1")

    assert any(f"`make up STACK={run.stack.name}` takes over what a killed run left" in line for line in taken)
    assert REMEDY in taken[-1]
    assert set() == run.clone.unrecorded()


def test_stack_that_another_clone_began(run: Run) -> None:
    """
    A stack that another clone made and never brought up has its configuration nowhere: it is made anew.
    """
    run.stack.pulumi("stack", "rm", "--yes", "--force", run.stack.name)
    run.stack.pulumi("stack", "init", run.stack.name)
    (run.stack.project / "stacks" / f"Pulumi.{run.stack.name}.yaml").unlink()

    words = run.clone.make("preview", "ARCHITECTURE=rails_ha")

    assert f"creating stack {run.stack.name}" in words
    assert "web-1-push" in words
