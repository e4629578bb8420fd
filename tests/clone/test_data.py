"""`make down` takes nothing along that hosts keep without having asked."""

from __future__ import annotations

import io
import os
from typing import TYPE_CHECKING

import pytest

from clone.data import confirm_loss
from clone.stack import CloneStack
from hacomponents.operations.errors import OperationFailed
from hacomponents.testing.docker import docker
from toolchain.clone import project

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hacomponents.operations.stack import DeployedStack

pytestmark = pytest.mark.daemons


@pytest.fixture
def stack() -> Iterator[DeployedStack]:
    """A stack with an empty volume, and one with a file."""
    stack = CloneStack(f"hacomponents-test-data-{os.getpid()}", {}).deployed
    labels = (f"--label=hacomponents.project={project()}", f"--label=hacomponents.stack={stack.name}")
    volumes = [f"{stack.name}-{name}" for name in ("app-1-app", "app-2-app")]
    for volume in volumes:
        docker("volume", "create", *labels, volume)
    yield stack
    docker("volume", "rm", *volumes)


def fill(stack: DeployedStack) -> None:
    """Have a host keep something."""
    mount = f"{stack.name}-app-1-app:/data"
    docker(
        "run", "--rm", "--network", "none", "--volume", mount, "debian:trixie-slim", "sh", "-c", "echo 1 >/data/notes"
    )


def test_where_nobody_is_at_a_terminal(
    stack: DeployedStack, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """
    It names each volume that holds something, how to save it, and how to agree.
    """
    monkeypatch.delenv("YES", raising=False)
    monkeypatch.setattr("sys.stdin", io.StringIO())
    confirm_loss(stack)
    fill(stack)

    with pytest.raises(OperationFailed, match="nobody is at a terminal to agree; nothing was taken away") as refused:
        confirm_loss(stack)

    assert f"save what you need, then: make down STACK={stack.name} YES=1" in str(refused.value)
    told = "".join(capfd.readouterr())
    assert f"  volume {stack.name}-app-1-app: 2B" in told
    assert f"{stack.name}-app-2-app" not in told


def test_who_has_agreed(stack: DeployedStack, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    YES=1 agrees beforehand.
    """
    monkeypatch.setenv("YES", "1")
    fill(stack)

    confirm_loss(stack)
