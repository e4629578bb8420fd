"""A release that an earlier version of the agent wrote, on a machine with the real supervisor."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.agent.boxes import docker, eventually
from tests.agent.procedures import earlier

if TYPE_CHECKING:
    from tests.agent.boxes import Box

pytestmark = pytest.mark.daemons
ROLLED_BACK = 4
# As its user: in a container root may not look at other users' processes.
ENVIRONMENT = f"chpst -u www-data cat /proc/$(cat /run/hacomponents/pids/{earlier.NAME})/environ"
WANTED = {"COLOUR=blue", "PORT=3000"}


def test_a_failed_push_goes_back_to_it(box: Box) -> None:
    """
    It is started by its own scripts, with its environment; a push whose server does not answer ends where it began; a
    good one gives its program the same environment.
    """
    for path, text in earlier.files("").items():
        mode = "755" if "/runit/" in path else "644"
        docker("exec", "-i", box.name, "sh", "-c", f"install -D -m {mode} /dev/stdin {path}", stdin=text)
    status, words = box.agent("heal")
    assert status == 0, words
    before = box.digests()

    refused, words = box.push(earlier.successor(page="down"))
    back = (box.status()["release"], box.digests(), environment(box))
    status, told = box.push(earlier.successor(page="up"))

    assert (ROLLED_BACK, earlier.ID, before, WANTED) == (refused, *back), words
    assert status == 0, told
    assert environment(box) == WANTED
    eventually(lambda: box.answers(earlier.URL))


def environment(box: Box) -> set[str]:
    """Which of the wanted variables the program has."""
    return WANTED & set(box.run(ENVIRONMENT).split("\0"))
