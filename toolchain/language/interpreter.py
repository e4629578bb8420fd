"""Which Python runs a project's program: Pulumi.yaml's `virtualenv` option, else the one on the PATH."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

from google.protobuf.json_format import MessageToDict

from toolchain.plugins.rpc import RequestFailed

if TYPE_CHECKING:
    from pulumi.runtime.proto.language_pb2 import ProgramInfo

_INVENTORY = """
import importlib.metadata, json, pathlib, re, sys

def normal(name):
    return re.sub("[-_.]+", "-", re.match("[A-Za-z0-9._-]+", name)[0]).lower()

installed = {normal(d.metadata["Name"]): d for d in importlib.metadata.distributions()}
required = {normal(line) for d in installed.values() for line in d.requires or [] if "extra ==" not in line}
folders = [pathlib.Path(folder) for folder in sys.path if folder]
print(json.dumps({
    "packages": [(name, d.version, name in required) for name, d in sorted(installed.items())],
    "plugins": [json.loads(p.read_text()) for f in folders for p in sorted(f.glob("*/pulumi-plugin.json"))],
    "version": "{}.{}.{}".format(*sys.version_info),
    "executable": sys.executable,
}))
"""
_OTHERS = {"toolchain": "pip", "typechecker": None}
"""Pulumi.yaml's other options, with the one value that is supported here."""


class Interpreter:
    """A project's Python: its path and the environment it runs in."""

    def __init__(self, info: ProgramInfo) -> None:
        """Find the Python of a project. RequestFailed: an option is not supported here, or there is no such Python."""
        options = MessageToDict(info.options)
        for option, supported in _OTHERS.items():
            if options.get(option, supported) != supported:
                raise RequestFailed(
                    f"Pulumi.yaml's option {option}: {options[option]} is not supported by this language host"
                )
        self.environment = dict(os.environ)
        if "virtualenv" in options:
            self.path = self._activate(options["virtualenv"], Path(info.root_directory, options["virtualenv"]))
        else:
            self.path = _ambient()

    def inventory(self) -> dict[str, Any]:
        """Return what is installed.

        `packages` (name, version, whether another one requires it), Pulumi `plugins` (the content of their
        pulumi-plugin.json), Python's `version` and `executable`.
        """
        command = [self.path, "-c", _INVENTORY]
        done = subprocess.run(command, env=self.environment, capture_output=True, check=False, text=True)
        if done.returncode != 0:
            raise RequestFailed(f"{self.path} cannot list its packages:\n{done.stderr}")
        inventory: dict[str, Any] = json.loads(done.stdout)
        return inventory

    def _activate(self, option: str, folder: Path) -> str:
        python = folder / "bin" / "python"
        if not python.is_file():
            raise RequestFailed(
                f"The 'virtualenv' option in Pulumi.yaml is set to {option!r}, but {folder} doesn't appear to be a "
                "virtual environment."
            )
        self.environment["VIRTUAL_ENV"] = str(folder)
        self.environment["PATH"] = f"{python.parent}{os.pathsep}{os.environ.get('PATH', '')}"
        self.environment.pop("PYTHONHOME", None)
        return str(python)


def _ambient() -> str:
    names = [os.environ["PULUMI_PYTHON_CMD"]] if os.environ.get("PULUMI_PYTHON_CMD") else ["python3", "python"]
    for name in names:
        if found := shutil.which(name):
            return found
    raise RequestFailed(f"failed to find {' or '.join(names)} on the PATH")
