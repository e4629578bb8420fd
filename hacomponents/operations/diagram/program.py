"""The site that a program declares: Pulumi's engine runs it as for a preview, and nothing is touched."""

from __future__ import annotations

import runpy
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pulumi import automation

from hacomponents.hosts.network import BaseNetwork
from hacomponents.operations.errors import OperationFailed

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from hacomponents.topology.site import Site


@dataclass(frozen=True)
class Program:
    """A program, and the configuration that it runs with.

    Args:
        file: of it.
        project: name of its Pulumi project, in front of each key of its configuration.
        plain: values that may be shown, such as `{"cidr": "10.20.0.0/24"}`.
        secrets: the others.
    """

    file: Path
    project: str
    plain: Mapping[str, str]
    secrets: Mapping[str, str]


def declared(stack: str, program: Program) -> Site:
    """The site of a program. Raises `OperationFailed` where it does not run, or the site has problems.

    The stack is an empty one in a backend of its own: what the user's own backend keeps is not asked for.

    Args:
        stack: name that the program runs under.
        program: with the configuration of the stack.
    """
    found: list[Site] = []
    with tempfile.TemporaryDirectory(prefix="hacomponents-diagram-") as folder:
        try:
            empty = _empty_stack(stack, program.project, Path(folder), lambda: run(program.file, found.append))
            empty.set_all_config(
                {
                    f"{program.project}:{key}": automation.ConfigValue(value, secret=secret)
                    for values, secret in ((program.secrets, True), (program.plain, False))
                    for key, value in values.items()
                }
            )
            empty.preview()
        except automation.CommandError as error:
            remedy = f"correct {program.file} or its configuration, then run this again"
            raise OperationFailed(f"diagram of {stack}", _words(error), remedy) from error
    return found[0]


def run(program: Path, found: Callable[[Site], None]) -> None:
    """Run a program on whatever engine there is, and tell each site as soon as it is declared.

    Args:
        program: the file.
        found: is told.
    """
    for value in runpy.run_path(str(program)).values():
        if isinstance(value, BaseNetwork):
            value.site.apply(found)


def _empty_stack(name: str, project: str, folder: Path, program: Callable[[], None]) -> automation.Stack:
    environment = {"PULUMI_BACKEND_URL": folder.as_uri(), "PULUMI_CONFIG_PASSPHRASE": "of nothing that lasts"}
    options = automation.LocalWorkspaceOptions(env_vars=environment)
    return automation.create_stack(name, project_name=project, program=program, opts=options)


def _words(error: automation.CommandError) -> str:
    """What Pulumi says is wrong, without its list of resources."""
    said = str(error)
    return said.partition("Diagnostics:\n")[2].partition("\n\n")[0] or said
