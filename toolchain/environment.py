"""The environment that Pulumi runs in: the clone's tools first on the PATH, and a backend and a passphrase."""

from __future__ import annotations

import json
import os
import secrets
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from toolchain.clone import BIN, VENV
from toolchain.errors import StepFailed

if TYPE_CHECKING:
    from collections.abc import Mapping

OWN = (str(BIN), str(VENV / "bin"))
"""What comes first on the PATH."""


def show() -> None:
    """Write the shell commands that `. toolchain/env` evaluates. Raises `StepFailed` before the set-up."""
    wanted = settings(os.environ)
    del wanted["PATH"]  # the shell has one of its own; ours may be changed by what chose this Python
    sys.stdout.write(f'export PATH={shlex.quote(os.pathsep.join(OWN))}:"$PATH"\n')
    for name, value in wanted.items():
        sys.stdout.write(f"export {name}={shlex.quote(value)}\n")


def full() -> dict[str, str]:
    """The whole environment for a command. Raises `StepFailed` before the set-up."""
    return {**os.environ, **settings(os.environ)}


def become(module: str, *arguments: str) -> NoReturn:
    """Become a module of the clone, on the Python that has the library. Raises `StepFailed` before the set-up.

    Args:
        module: with a `__main__`.
        arguments: of its command line.
    """
    python = str(VENV / "bin" / "python")
    os.execve(python, [python, "-B", "-m", module, *arguments], full())  # noqa: S606  # no shell is wanted


def settings(given: Mapping[str, str]) -> dict[str, str]:
    """What to set in an environment so that `pulumi` works in this clone.

    Args:
        given: the environment; what it has of Pulumi's is heeded.

    Raises:
        StepFailed: the set-up was not done.
    """
    if not (BIN / "pulumi").exists() or not VENV.exists():
        raise StepFailed("environment", "this clone is not set up", "run: make setup")
    path = os.pathsep.join([*OWN, given.get("PATH", os.defpath)])
    wanted = {"PATH": path, "PULUMI_SKIP_UPDATE_CHECK": "true"}
    if (BIN / "pulumi-resource-command").exists():
        wanted["PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION"] = "true"
    if "PULUMI_BACKEND_URL" not in given and not _logged_in(given):
        wanted["PULUMI_BACKEND_URL"] = _home(given).as_uri()
    if not given.keys() & {"PULUMI_CONFIG_PASSPHRASE", "PULUMI_CONFIG_PASSPHRASE_FILE"}:
        wanted["PULUMI_CONFIG_PASSPHRASE_FILE"] = str(passphrase(given))
    return wanted


def passphrase(given: Mapping[str, str]) -> Path:
    """The file of this user's passphrase, made at random the first time; only the user can read it."""
    config = Path(given.get("XDG_CONFIG_HOME") or _home(given) / ".config")
    file = config / "hacomponents" / "passphrase"
    file.parent.mkdir(parents=True, exist_ok=True)
    try:
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as fresh:
            fresh.write(secrets.token_urlsafe(32))
    except FileExistsError:
        pass
    return file


def _logged_in(given: Mapping[str, str]) -> bool:
    """Whether the user has chosen a backend by `pulumi login`, or has a token for Pulumi's."""
    pulumi = Path(given.get("PULUMI_HOME") or _home(given) / ".pulumi")
    try:
        current = json.loads((pulumi / "credentials.json").read_text()).get("current")
    except (OSError, ValueError):
        current = None
    return bool(current) or "PULUMI_ACCESS_TOKEN" in given


def _home(given: Mapping[str, str]) -> Path:
    return Path(given["HOME"]) if given.get("HOME") else Path.home()
