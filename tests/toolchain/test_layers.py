"""What import-linter cannot say of the layers: which need nothing but Python itself."""

from __future__ import annotations

import ast
import sys
from typing import TYPE_CHECKING

import pytest

from toolchain.clone import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.mark.parametrize(
    ("package", "own"),
    [
        ("hacomponents/agent", set()),
        ("hacomponents/topology", {"hacomponents"}),
        ("toolchain/setup", {"toolchain"}),
        ("toolchain/quality", {"toolchain"}),
    ],
)
def test_standard_library_only(package: str, own: set[str]) -> None:
    """
    A host has no packages for the agent, and a fresh machine none for the set-up; the topology is plain Python.
    """
    files = list((ROOT / package).rglob("*.py"))
    imported = {name for file in files for name in _imported(file)}

    assert files
    assert imported - sys.stdlib_module_names - own == set()


@pytest.mark.parametrize("module", ["picture", "layout", "shapes", "mermaid"])
def test_drawings_read_the_topology_only(module: str) -> None:
    """
    What a drawing is made of needs no engine: the topology, and Python itself.
    """
    file = ROOT / "hacomponents" / "operations" / "diagram" / f"{module}.py"
    modules = {node.module for node in ast.walk(ast.parse(file.read_text())) if isinstance(node, ast.ImportFrom)}
    ours = {name for name in modules if name and name.split(".")[0] not in sys.stdlib_module_names}

    assert [] == [
        name for name in ours if not name.startswith(("hacomponents.topology.", "hacomponents.operations.diagram."))
    ]
    assert {"hacomponents"} >= set(_imported(file)) - sys.stdlib_module_names


def _imported(file: Path) -> Iterator[str]:
    """The first names of the modules that a file imports, but for those relative to it."""
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            yield node.module.partition(".")[0]
