"""`python -m bench.up`: how long `pulumi up` takes, and how that grows with the hosts."""

from __future__ import annotations

import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bench import machine, records
from hacomponents.testing.docker import docker
from tests.integration.docker.fresh import fresh_stack
from toolchain.progress import say

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.integration.docker.stack import Stack, Update

RUNS = 5
FROM_NOTHING = 3
SIZES = {5: RUNS, 20: RUNS, 50: 3}
"""Hosts of a stack, and how often each command is measured on it."""
PROXIES = 4
REMOVAL = 300
"""Seconds for all containers of a stack to go."""
PREFIX = 22
"""Of the subnet: a role gets a sixteenth of it, and there is one with 46 hosts."""
APPLICATION = 'run ->(env) { [200, { "content-type" => "text/plain" }, ["ok\\n"]] }\n'
PROCESSES = "processes=5"


@dataclass(frozen=True)
class Timing:
    """A stack that is measured.

    Args:
        stack: that was created.
        hosts: how many it has.
        rails: whether they serve the Rails application on five Thin servers, or a trivial one on one.
    """

    stack: Stack
    hosts: int
    rails: bool

    def up(self, command: str, push: Callable[[], Update]) -> None:
        """Measure a push, and record it."""
        begun = time.monotonic()
        changed = push().changed
        seconds = time.monotonic() - begun
        record = {"hosts": self.hosts, "application": "rails" if self.rails else "trivial", "command": command}
        records.append("up", {**record, "seconds": round(seconds, 2), "changed": sum(changed.values())})
        say(f"    {self.hosts:2} hosts  {command:14} {seconds:6.2f} s  {changed or 'no change'}")

    def push(self, more: str = "") -> Update:
        """Bring the program up, with further arguments for the balancers."""
        begin = 'Tier("lb",'
        return self.stack.push(replace={begin: f"{begin} {more}", **({} if self.rails else self._trivial())})

    def _trivial(self) -> dict[str, str]:
        folder = self.stack.project / "trivial"
        folder.mkdir(exist_ok=True)
        (folder / "config.ru").write_text(APPLICATION)
        return {
            'app="stacks/rails_app"': 'app="trivial", packages=()',
            PROCESSES: "processes=1",
            '"app", 1': f'"app", {self.hosts - PROXIES}',
        }


def measure_rails(folder: Path) -> None:
    """The stack `rails_ha`, from nothing again and again."""
    stack = fresh_stack("up", folder)
    timing = Timing(stack, 5, rails=True)
    try:
        timing.push()  # so that the images are there
        for _ in range(FROM_NOTHING):
            stack.destroy()
            timing.up("from nothing", timing.push)
        measure_changes(timing, RUNS)
    finally:
        stack.destroy()


def measure_growth(folder: Path) -> None:
    """A stack that grows; the proxies are four of its hosts."""
    stack = fresh_stack("up", folder, prefix=PREFIX)
    try:
        for hosts, runs in SIZES.items():
            say(f"==> up: {hosts} hosts")
            timing = Timing(stack, hosts, rails=False)
            timing.push()
            measure_changes(timing, runs)
    finally:
        abandon(stack)


def abandon(stack: Stack) -> None:
    """Remove its containers and its network at once: Pulumi would retire one host after the other, in order."""
    mine = ("--quiet", "--filter", f"label=hacomponents.stack={stack.name}")
    for kind, force in (("container", ("--force",)), ("network", ())):
        found = docker(kind, "ls", *(("--all",) if force else ()), *mine).split()
        if found:
            docker(kind, "rm", *force, *found, timeout=REMOVAL)


def measure_changes(timing: Timing, runs: int) -> None:
    """No change, and one line of the balancers' configuration, there and back."""
    for number in range(runs):
        more = f"retries={4 - number % 2},"
        timing.up("one line", lambda more=more: timing.push(more))  # type: ignore[misc]
        timing.up("no change", lambda more=more: timing.push(more))  # type: ignore[misc]


def main() -> None:
    """Measure everything."""
    records.clear("up")
    machine.record()
    with tempfile.TemporaryDirectory(prefix="hacomponents-bench-") as folder:
        say("==> up: the stack rails_ha")
        measure_rails(Path(folder) / "rails")
        measure_growth(Path(folder) / "growth")


if __name__ == "__main__":
    main()
