"""The site that a program declares: Pulumi's engine runs it as for a preview, and nothing is touched."""

from __future__ import annotations

import runpy
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from pulumi import automation

from hacomponents.docker import Network
from toolchain.clone import project
from toolchain.errors import Failed
from toolchain.stack import architecture

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from hacomponents.declaration import Rendered
    from hacomponents.topology.site import Site


def declared(name: str, settings: Mapping[str, str]) -> Site:
    """The site of an architecture. Raises `Failed` where its program does not run, or the site has problems.

    The stack is an empty one in a backend of its own, with secrets of its own: the user's are not asked for.

    Args:
        name: of the architecture.
        settings: plain values of its configuration, such as `{"cidr": "10.20.0.0/24"}`.
    """
    found: list[Site] = []
    with tempfile.TemporaryDirectory(prefix="hacomponents-diagram-") as folder:
        try:
            stack = _stack(name, Path(folder), lambda: run(architecture.program(name), found.append))
            stack.set_all_config(
                {
                    f"{project()}:{key}": automation.ConfigValue(value, secret=key not in settings)
                    for key, value in {**architecture.fresh_secrets(name), **settings}.items()
                }
            )
            stack.preview()
        except automation.CommandError as error:
            remedy = f"correct stacks/{name}.py or its configuration, then run this again"
            raise Failed(f"diagram of {name}", _words(error), remedy) from error
    return found[0]


def run(program: Path, found: Callable[[Site], None]) -> None:
    """Run a program on whatever engine there is, and tell each site as soon as it is declared.

    Args:
        program: the file.
        found: is told.
    """

    def tell(rendered: Rendered) -> None:
        found(rendered.site)

    for value in runpy.run_path(str(program)).values():
        if isinstance(value, Network):
            value.declaration.rendered.apply(tell)


def _stack(name: str, folder: Path, program: Callable[[], None]) -> automation.Stack:
    environment = {"PULUMI_BACKEND_URL": folder.as_uri(), "PULUMI_CONFIG_PASSPHRASE": "of nothing that lasts"}
    options = automation.LocalWorkspaceOptions(env_vars=environment)
    return automation.create_stack(name, project_name=project(), program=program, opts=options)


def _words(error: automation.CommandError) -> str:
    """What Pulumi says is wrong, without its list of resources."""
    said = str(error)
    return said.partition("Diagnostics:\n")[2].partition("\n\n")[0] or said
