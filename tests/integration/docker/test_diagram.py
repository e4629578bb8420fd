"""`make diagram`, on Pulumi's own engine."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from hacomponents.operations.diagram.drawings import drawings
from tests.components.program import CONFIG
from tests.integration.docker.stack import REPOSITORY
from tests.stacks import declared
from toolchain import environment

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.integration

STACK = f"hacomponents-test-diagram-{os.getpid()}"
CIDR = "10.4.0.0/24"


@pytest.fixture(autouse=True)
def _no_drawings_are_left() -> Iterator[None]:
    yield
    for file in (REPOSITORY / "diagrams").glob(f"{STACK}.*"):
        file.unlink()


def diagram(**variables: str) -> subprocess.CompletedProcess[str]:
    """What the command said."""
    command = [sys.executable, "-B", "-m", "clone", "diagram"]
    settings = {**environment.full(), "STACK": STACK, **variables}
    return subprocess.run(command, cwd=REPOSITORY, env=settings, capture_output=True, text=True, check=False)


def test_a_stack_that_is_not_up() -> None:
    """
    A stack is drawn as it is configured, though it is not there: what its program declares.
    """
    done = diagram(ARCHITECTURE="rails_colocated", CIDR=CIDR)

    site = declared("rails_colocated", {**CONFIG, "hacomponents:cidr": CIDR})
    expected = {f"diagrams/{STACK}.{kind}": text for kind, text in drawings(STACK, site).items()}
    assert expected == {name: (REPOSITORY / name).read_text() for name in done.stdout.split()}, done.stderr
    assert "10.4.0.10" in expected[f"diagrams/{STACK}.svg"]


@pytest.mark.parametrize(
    ("variables", "said"),
    [
        ({}, f"there is no architecture {STACK}"),
        ({"ARCHITECTURE": "rails_ha", "CIDR": "10.4.0.0/33"}, "network rails.cidr: must be an IPv4 subnet"),
    ],
)
def test_a_stack_that_cannot_be_drawn(variables: dict[str, str], said: str) -> None:
    """
    An unknown architecture, or a site with problems, is told, and nothing is drawn.
    """
    done = diagram(**variables)

    assert 1 == done.returncode
    assert said in done.stderr
    assert "" == done.stdout
