"""The plugins of the CLI: official where the official CLI can fetch them; else ours, as programs on the PATH."""

from __future__ import annotations

import os
import shlex
from typing import TYPE_CHECKING

from toolchain import cache
from toolchain.clone import BIN, ROOT, pinned
from toolchain.errors import StepFailed
from toolchain.progress import instead, run

if TYPE_CHECKING:
    from pathlib import Path

    from toolchain.setup.cli import Cli

RESOURCES = ("command", "docker")
OURS = {
    "pulumi-resource-command": "toolchain.plugins.command",
    "pulumi-resource-docker": "toolchain.plugins.docker",
    "pulumi-language-python": "toolchain.language",
}
"""Programs that the CLI looks for on the PATH, and our modules that serve as them."""
START = """\
import runpy, sys
sys.path.insert(0, {root!r})
sys.argv[0] = sys.argv.pop(1)
runpy.run_module({module!r}, run_name="__main__")
"""
"""Runs a module under the program's name, by which it is found when its engine was killed.

Isolated: a file beside the user's program must not stand in for a module, and nothing of ours reaches a script.
"""
DOWNLOAD = 120
"""Seconds for the CLI to fetch one plugin."""


def install(cli: Cli, python: Path) -> None:
    """Have a language host and the resource plugins, in `.toolchain/bin` where they are ours.

    Args:
        cli: that will use them.
        python: that ours run on.
    """
    official = _official(cli)
    for program, module in OURS.items():
        own = BIN / program
        if program in official:
            own.unlink(missing_ok=True)
        else:
            words = (str(python), "-I", "-c", START.format(root=str(ROOT), module=module), program)
            own.write_text(f'#!/bin/sh\nexec {shlex.join(words)} "$@"\n')
            own.chmod(0o755)


def origin(cli: Cli) -> str:
    """Where they are from, for the user."""
    ours = [program for program in OURS if (BIN / program).exists()]
    if not ours:
        return "plugins from Pulumi"
    return "plugins and language host of this clone" if not cli.official else f"of this clone: {', '.join(ours)}"


def _official(cli: Cli) -> set[str]:
    """The programs that need none of ours: the official CLI brings its language host, and may fetch the others."""
    if not cli.official:
        return set()
    return {"pulumi-language-python", *(f"pulumi-resource-{name}" for name in RESOURCES if _is_fetched(cli, name))}


def _is_fetched(cli: Cli, name: str) -> bool:
    """Whether the CLI has a plugin. It is asked to fetch it once; the cache remembers how that ended."""
    version = pinned(f"pulumi-{name}")
    fetched, refused = f"plugin-{name}-{version}-official", f"plugin-{name}-{version}-own"
    if not cache.entry(refused):
        try:
            cache.make(fetched, lambda _: _fetch(cli, name, version))
        except StepFailed as error:
            instead(error, "this clone's own plugin")
            cache.make(refused, lambda _: None)
    return cache.entry(fetched) is not None


def _fetch(cli: Cli, name: str, version: str) -> None:
    command = [str(cli.path), "plugin", "install", "resource", name, version]
    env = {**os.environ, "PULUMI_SKIP_UPDATE_CHECK": "true"}
    step = f"Pulumi plugin {name} {version}"
    remedy = "allow this machine to reach Pulumi's plugin downloads"
    run(step, command, cache.log(f"plugin-{name}"), remedy=remedy, env=env, timeout=DOWNLOAD)
