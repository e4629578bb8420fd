"""A machine for each supervisor that the agent knows."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.agent.boxes import boxes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from contextlib import AbstractContextManager

    from tests.agent.boxes import Box

SUPERVISORS: Mapping[str, Callable[[], AbstractContextManager[list[Box]]]] = {"runit": partial(boxes, 1)}
"""What makes a machine that each of them runs. Another supervisor is another row."""
APP, DIGEST = "app", "d" * 12
DRIVER, SUBJECT = (Path(__file__).with_name(name).read_text() for name in ("driver.py", "subject.py"))


class Supervised:
    """A machine, and the supervisor's methods on it."""

    def __init__(self, box: Box) -> None:
        self.box = box
        self.run = box.run
        self.mark: Any = None  # where the log ended when the test began

    def call(self, *calls: tuple[Any, ...]) -> list[Any]:
        """Call methods, each by its name and arguments. Returns their results."""
        results: list[Any] = json.loads(self.box.python(DRIVER, json.dumps(calls)))
        return results

    def ask(self, method: str, *arguments: Any) -> Any:
        """Call one method."""
        return self.call((method, *arguments))[0]

    def serve(self, *words: str, release: str = "one", **program: Any) -> None:
        """Have the program of `subject` run as `app`, from a release of that name.

        Args:
            words: for the program.
            release: its name.
            program: fields of `Program`. Default: stopped by SIGTERM, its health not checked.
        """
        fields = {"command": ["python3", "-c", SUBJECT, *words], "stop_signal": "TERM"}
        program = {**fields, "health": False, **program}
        self.call(("release", release, DIGEST, {APP: program}), ("install", APP), ("start", APP))

    def read(self, path: str) -> str:
        """What a file holds; nothing where there is none."""
        return self.run(f"cat {path} 2>/dev/null").strip()


@pytest.fixture(scope="module", params=SUPERVISORS)
def machine(request: pytest.FixtureRequest) -> Iterator[Supervised]:
    """A machine with that supervisor and the agent."""
    with SUPERVISORS[request.param]() as (box,):
        yield Supervised(box)


@pytest.fixture
def supervised(machine: Supervised) -> Iterator[Supervised]:
    """The machine, with no service."""
    machine.mark = machine.ask("mark", APP)
    yield machine
    machine.ask("remove", APP, "/etc/hacomponents/current")
