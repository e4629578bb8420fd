"""The commands, in the clone's virtual environment, since the library is there."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from pulumi import automation

from toolchain.clone import ROOT, project
from toolchain.diagram import pages
from toolchain.diagram.drawings import drawings
from toolchain.diagram.program import declared
from toolchain.errors import Failed
from toolchain.progress import say
from toolchain.stack import architecture
from toolchain.stack.stack import Stack

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

FOLDER = ROOT / "diagrams"
"""Of drawings of stacks that are nobody else's business."""


def draw_stack(stack: Stack) -> None:
    """Write the drawings of a stack with its own configuration. Raises `Failed`."""
    settings = configured(stack)
    name = settings.get("architecture", stack.name)
    if name not in architecture.names():
        known = ", ".join(architecture.names())
        raise Failed(
            f"diagram of {stack.name}", f"there is no architecture {name}", f"give ARCHITECTURE=, one of {known}"
        )
    FOLDER.mkdir(exist_ok=True)
    for kind, text in drawings(stack.name, declared(name, settings)).items():
        file = FOLDER / f"{stack.name}.{kind}"
        file.write_text(text)
        sys.stdout.write(f"{file.relative_to(ROOT)}\n")


def configured(stack: Stack) -> dict[str, str]:
    """The plain values of a stack's configuration: those of its file, and those that were given now."""
    try:
        found = automation.LocalWorkspace(str(stack.file.parent)).stack_settings(stack.name).config or {}
    except FileNotFoundError:
        found = {}
    prefix = f"{project()}:"
    plain = {key.removeprefix(prefix): value for key, value in found.items() if isinstance(value, str)}
    return {**plain, **stack.settings}


def write_docs() -> None:
    """Renew all drawings and pages. Raises `Failed`."""
    for name in architecture.names():
        say(f"==> docs: {name}")
        write(pages.files(name, declared(name, {})))
    write(pages.lists())


def write(files: Mapping[Path, str]) -> None:
    """Write texts to their files."""
    for file, text in files.items():
        file.write_text(text)


def main() -> None:
    """Do what the first argument names: `stack` or `docs`. Exits with 1 where it cannot be done."""
    try:
        if sys.argv[1:] == ["stack"]:
            draw_stack(Stack.asked())
        else:
            write_docs()
    except Failed as error:
        say(str(error))
        sys.exit(1)


if __name__ == "__main__":
    main()
