"""The programs under `stacks/`, as they are or edited, and what they declare."""

from __future__ import annotations

import json
import pkgutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import stacks
from clone import architecture
from hacomponents.operations.diagram import program
from tests.components.program import CONFIG, Run, run

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hacomponents.topology.site import Site

STACKS = tuple(sorted(module.name for module in pkgutil.iter_modules(stacks.__path__)))


def declared(stack: str, config: Mapping[str, str] = CONFIG) -> Site:
    """The site of a stack.

    Args:
        stack: its name.
        config: of the stack. Default: the secrets that the stacks need.
    """
    found: list[Site] = []
    result = run(lambda: program.run(architecture.program(stack), found.append), config, stack=stack)
    assert "" == result.error
    (site,) = found
    return site


def edited(stack: str, folder: Path, replace: Mapping[str, str]) -> Path:
    """The program of a stack after an edit.

    Args:
        stack: its name.
        folder: for the edited program.
        replace: what to replace, and by what; each is there once.
    """
    text = architecture.program(stack).read_text()
    for old, new in replace.items():
        assert 1 == text.count(old), f"{stack} has {text.count(old)} times {old!r}"
        text = text.replace(old, new)
    file = folder / f"{stack}.py"
    file.write_text(text)
    return file


def run_file(file: Path, stack: str) -> Run:
    """What is registered by a program."""
    return run(lambda: program.run(file, lambda _: None), CONFIG, stack=stack)


def bundles(result: Run) -> dict[str, dict[str, Any]]:
    """What is pushed to each host, by its name."""
    pushes = [each for each in result.of_type("command:local:Command").values() if each.name.endswith("-push")]
    return {document["host"]: document for document in (json.loads(push.inputs["stdin"]) for push in pushes)}
