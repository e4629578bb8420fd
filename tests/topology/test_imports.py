"""Modules of the model and of rendering import each other one way."""

from __future__ import annotations

import pkgutil

import grimp
import pytest

import hacomponents.render
import hacomponents.topology

PACKAGES = (hacomponents.topology, hacomponents.render)
FOLDERS = [
    name
    for package in PACKAGES
    for name in (
        package.__name__,
        *(each.name for each in pkgutil.iter_modules(package.__path__, f"{package.__name__}.") if each.ispkg),
    )
]


@pytest.fixture(scope="module")
def graph() -> grimp.ImportGraph:
    """All imports, those for annotations too."""
    return grimp.build_graph("hacomponents", exclude_type_checking_imports=False)


@pytest.mark.parametrize("folder", FOLDERS)
def test_no_circles(graph: grimp.ImportGraph, folder: str) -> None:
    """
    No two things in a folder need each other, directly or by way of others, annotations counted.
    """
    assert set() == graph.nominate_cycle_breakers(folder)
