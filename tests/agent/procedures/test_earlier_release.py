"""A release that an earlier version of the agent wrote is served, left, and gone back to, by its own scripts."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from hacomponents.agent.bundle import parse
from hacomponents.agent.daemons import KINDS
from hacomponents.agent.errors import RolledBack
from hacomponents.agent.procedures.push import apply
from hacomponents.agent.procedures.recovery import boot, heal
from tests.agent.machine import SICK, PretendedMachine
from tests.agent.procedures import earlier

if TYPE_CHECKING:
    from hacomponents.agent.host import Host


@pytest.fixture
def serving(host: Host, tmp_path: Path) -> Host:
    """A host on which this version finds that release, and nothing else."""
    for path, text in earlier.files(str(tmp_path)).items():
        file = Path(host.layout.at(path))
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    with host.changing("heal"):
        heal(host)
    return host


def served(host: Host) -> tuple[str | None, str | None]:
    """The release in force, and what the service was started with."""
    current = host.store.current()
    return (current.id if current else None), host.supervisor.started_with(earlier.NAME)


def test_it_is_what_it_says(serving: Host) -> None:
    """
    Its name and its service's digest are those that its own version gave it, and it answers.
    """
    current = serving.store.current()
    assert current is not None

    digest = current.bundle.digests[earlier.NAME]

    assert f"{digest} {earlier.ID}" in Path(current.at(f"/runit/{earlier.NAME}/run")).read_text()
    assert (earlier.ID, digest) == served(serving)


def test_a_push_leaves_it_and_a_failed_push_comes_back(serving: Host) -> None:
    """
    A bundle of today takes its place; one whose server does not answer goes back to it, whose own script starts it.
    """
    before = served(serving)
    sick = earlier.successor(page="up")
    sick["files"]["/srv/app/up"]["content"] = SICK
    good = earlier.successor(page="up")

    with pytest.raises(RolledBack, match=f"back on {earlier.ID}"):
        apply(serving, json.dumps(sick))
    back = served(serving)
    apply(serving, json.dumps(good))

    assert before == back
    assert parse(json.dumps(good), KINDS).id == served(serving)[0]


def test_a_power_cut_in_a_push_comes_back_to_it(serving: Host, tmp_path: Path) -> None:
    """
    Whose push the power cut is on that release after the boot, and runs by its scripts.
    """
    before = served(serving)
    machine = PretendedMachine(tmp_path)
    apply(serving, json.dumps(earlier.successor(page="up")))
    Path(serving.layout.pending).write_text(earlier.CUT_OFF)
    machine.power_cut()

    boot(serving)
    machine.start_all()

    assert before == served(serving)
