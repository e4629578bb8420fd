"""What an application keeps outlives its container: it is replaced, taken away and made again, and the data stay."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from hacomponents.testing import HostHandle
from hacomponents.testing.docker import docker, inspect
from tests.integration.docker.fresh import fresh_stack
from tests.integration.docker.machine import build_on

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.integration.docker.stack import Stack

pytestmark = pytest.mark.integration

KEEPER = Path(__file__).parent / "keeper"
PROGRAM = """\
from pathlib import Path

import pulumi

from hacomponents import AppTier, Command, Firewall
from hacomponents.docker import Network
from hacomponents.declaration import Declaration
from hacomponents.hosts.docker import build_context

{before}build_context.SOURCE = Path("image")
config = pulumi.Config()
firewall = Firewall(management=config.require_object("management"))
net = Network("keeper", cidr=config.require("cidr"), firewall=firewall)
app = AppTier("app", hosts=net.hosts("app", 1), server=Command(app="keeper", start=("python3", "serve.py")))
"""
# As it was before hosts had volumes.
WITHOUT_VOLUMES = "Declaration.kept = lambda self, host: {}\n"
# Folder and modes as the application has them: its own, by www-data.
OWN = ["app 755 33", "private 700 33"]


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A host of the time before volumes, with a note."""
    stack = fresh_stack("data", tmp_path_factory.mktemp("data"))
    shutil.copytree(KEEPER, stack.project / "keeper")
    build_on(stack)
    write(stack, before=WITHOUT_VOLUMES)
    try:
        stack.up()
        note(stack, "of old")
        yield stack
    finally:
        stack.destroy()


def write(stack: Stack, before: str = "") -> None:
    """Edit the program."""
    (stack.project / stack.program).write_text(PROGRAM.format(before=before))


def note(stack: Stack, text: str = "") -> list[str]:
    """What the application keeps, after it was given a line, if any."""
    host = HostHandle(f"{stack.name}-app-1")
    ask = ("curl", "--silent", "--show-error", "--fail", f"http://{host.address}:8080/")
    if text:
        host.exec(*ask, "--data", text)
    return host.exec(*ask).splitlines()


def identity(stack: Stack) -> str:
    """The container's id."""
    return inspect(f"{stack.name}-app-1", "{{.Id}}")


def test_data_of_today_move(stack: Stack) -> None:
    """
    A container without a volume is replaced by one that has it, and what it kept is there: lines, owners and modes.
    """
    before = identity(stack)
    write(stack)

    update = stack.up()

    assert {"app-1-app-data", "app-1-app-data-move"} <= update.touched["create"]
    assert before != identity(stack)
    assert [*OWN, "of old"] == note(stack)
    assert {} == stack.up().changed


def test_a_replaced_container_keeps_its_data(stack: Stack) -> None:
    """
    Another image replaces the container; its data are not copied again, and stay.
    """
    before = identity(stack)
    note(stack, "of the first image")
    build_on(stack, number=2)

    update = stack.up()

    assert before != identity(stack)
    assert not any("data" in name for names in update.touched.values() for name in names)
    assert [*OWN, "of old", "of the first image"] == note(stack)


def test_destroy_keeps_data(stack: Stack) -> None:
    """
    `pulumi destroy` leaves the volume, and the next `pulumi up` takes it up again.
    """
    stack.destroy_but_data()
    left = docker("volume", "ls", "--quiet", "--filter", f"label=hacomponents.stack={stack.name}").split()

    stack.up()

    assert [f"{stack.name}-app-1-app"] == left
    assert [*OWN, "of old", "of the first image"] == note(stack)


def test_a_new_host_may_write(stack: Stack) -> None:
    """
    A new volume belongs to the application before its first start.
    """
    stack.destroy()

    stack.up()

    assert [*OWN, "new"] == note(stack, "new")
