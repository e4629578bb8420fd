"""The table of faults."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

import pytest

from hacomponents.testing.faults import FAULTS, Target

if TYPE_CHECKING:
    from hacomponents.testing import HostHandle


@dataclass
class Recorder:
    """A host to which nothing is done; what would be is kept.

    Attributes:
        done: names of methods, with their arguments.
    """

    done: list[tuple[object, ...]] = field(default_factory=list)

    def __getattr__(self, name: str) -> object:
        return lambda *arguments: self.done.append((name, *arguments))


NGINX = "^nginx: "
DONE: dict[str, list[tuple[object, ...]]] = {
    "host killed": [("kill",), ("start",)],
    "host frozen": [("pause",), ("unpause",)],
    "host cut off": [("block",), ("unblock",)],
    "daemon killed": [("kill_process", NGINX, "KILL")],
    "daemon hung": [("kill_process", NGINX, "STOP"), ("kill_process", NGINX, "CONT")],
    "daemon out of files": [("limit_open_files", NGINX, 1), ("limit_open_files", NGINX)],
    "keepalived killed": [("kill_process", "^keepalived ")],
    "keepalived hung": [("kill_process", "^keepalived ", "STOP")],
    "planned handover": [("exec", "hacomponents-agent", "handover")],
}
"""What each fault does to a host; then what undoes it, where the host does not repair that itself."""


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_lasts_as_long_as_the_statement(name: str) -> None:
    """
    It is done at the beginning, and undone at the end, however that comes.
    """
    host = Recorder()

    with suppress(KeyboardInterrupt), FAULTS[name].on(Target(cast("HostHandle", host), NGINX)):
        assert DONE[name][:1] == host.done
        raise KeyboardInterrupt

    assert DONE[name] == host.done


def test_a_process_group_is_signalled_at_once() -> None:
    """
    Where the group of a daemon is known, its processes get a signal together.
    """
    host = Recorder()

    FAULTS["daemon killed"].strike(Target(cast("HostHandle", host), group=7))

    assert [("exec", "sh", "-c", "kill -s KILL -- -7")] == host.done
