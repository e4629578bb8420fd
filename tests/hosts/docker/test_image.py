"""The image of a container that is a small machine."""

from __future__ import annotations

import shutil
import uuid
from functools import partial
from typing import TYPE_CHECKING

import pytest

from hacomponents.testing import eventually
from hacomponents.testing.docker import BUILD, docker
from tests.agent.boxes import IMAGE, PACKAGES

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.daemons


def test_modes_do_not_matter(tmp_path: Path) -> None:
    """
    A package that pip installed has lost the modes of its files; the machine starts all the same.
    """
    context = shutil.copytree(IMAGE, tmp_path / "image")
    for file in context.iterdir():
        file.chmod(0o644)
    name = f"hacomponents-test-image-{uuid.uuid4().hex[:8]}"
    docker(
        "build",
        "--quiet",
        "--tag",
        name,
        "--build-arg",
        f"PACKAGES={PACKAGES}",  # which other tests install, too: once a machine
        str(context),
        timeout=BUILD,
    )
    try:
        docker("run", "--detach", "--name", name, "--network", "none", "--tmpfs", "/run", name)
        for service in ("syslog", "logrotate"):
            eventually(partial(runs, name, service), within=20)
    finally:
        docker("rm", "--force", name)
        docker("rmi", name)


def runs(name: str, service: str) -> bool:
    """Whether a container's service runs."""
    return "run:" in docker("exec", name, "sv", "status", f"/etc/service/{service}")
