"""Which plugin is held to the tables: the one of the folder that an environment variable names, else ours."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from toolchain.conformance.cli import Project

FOLDER = "HACOMPONENTS_CONFORMANCE_PLUGINS"
"""The variable: a folder with `pulumi-resource-*` executables."""


def pytest_configure(config: pytest.Config) -> None:
    """Declare the suite's own marker."""
    config.addinivalue_line("markers", "deviates(reason): ours is better on purpose; not for the official plugin")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark all of the suite."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.conformance)


@pytest.fixture
def project(pointed_at: Path | None, tmp_path: Path) -> Project:
    """A Pulumi project of the test's own."""
    return Project(tmp_path, pointed_at)


@pytest.fixture(scope="session")
def pointed_at() -> Path | None:
    """The folder whose plugins are tested; None: ours."""
    return Path(os.environ[FOLDER]).resolve() if os.environ.get(FOLDER) else None
