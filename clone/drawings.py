"""`make diagram` and `make docs`: the stacks of this clone as drawings, and the pages that show them."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from clone import architecture, pages
from clone.stack import CloneStack
from hacomponents.operations.diagram.drawings import drawings
from hacomponents.operations.diagram.program import Program, declared
from hacomponents.operations.errors import OperationFailed
from hacomponents.operations.progress import say
from toolchain.clone import ROOT, project

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from hacomponents.topology.site import Site

FOLDER = ROOT / "diagrams"
"""Of drawings of stacks that are nobody else's business."""


def draw_stack() -> None:
    """Write the drawings of the stack that is asked for, with its own configuration. Raises `OperationFailed`."""
    stack = CloneStack.asked()
    settings = stack.configured()
    name = settings.get("architecture", stack.name)
    if name not in architecture.names():
        known = ", ".join(architecture.names())
        raise OperationFailed(
            f"diagram of {stack.name}", f"there is no architecture {name}", f"give ARCHITECTURE=, one of {known}"
        )
    FOLDER.mkdir(exist_ok=True)
    for kind, text in drawings(stack.name, site(name, settings)).items():
        file = FOLDER / f"{stack.name}.{kind}"
        file.write_text(text)
        sys.stdout.write(f"{file.relative_to(ROOT)}\n")


def site(name: str, settings: Mapping[str, str]) -> Site:
    """The site of an architecture, with secrets made for it: the user's are not asked for. Raises `OperationFailed`.

    Args:
        name: of the architecture.
        settings: plain values of its configuration.
    """
    secrets = {key: value for key, value in architecture.fresh_secrets(name).items() if key not in settings}
    return declared(name, Program(architecture.program(name).relative_to(ROOT), project(), settings, secrets))


def write_docs() -> None:
    """Draw every architecture again, and renew what pages take from the code. Raises `OperationFailed`."""
    for name in architecture.names():
        say(f"==> docs: {name}")
        write(pages.files(name, site(name, {})))
    write(pages.lists())


def write(files: Mapping[Path, str]) -> None:
    """Write texts to their files."""
    for file, text in files.items():
        file.write_text(text)
