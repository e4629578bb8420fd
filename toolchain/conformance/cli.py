"""A Pulumi project of its own, and the real CLI on it."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from toolchain.conformance.waiting import eventually

if TYPE_CHECKING:
    from toolchain.plugins.rpc import Values

ROOT = Path(__file__).parents[2]
PASSPHRASE = "the passphrase"
_PATIENCE = 120
"""Seconds that a run of the CLI may take."""
_WRAPPER = """#!{python} -I
import runpy, sys
sys.path.insert(0, {root!r})
runpy.run_module({module!r}, run_name="__main__")
"""
_PROJECT = """
name: conformance
runtime:
  name: python
  options:
    virtualenv: {environment}
"""
_PROGRAMS = {
    "pulumi-language-python": "toolchain.language",
    "pulumi-resource-command": "toolchain.plugins.command",
    "pulumi-resource-docker": "toolchain.plugins.docker",
}


class Run(NamedTuple):
    """One run of the CLI: its exit code, what it printed, and the operations in order, as (what, resource name)."""

    code: int
    text: str
    operations: list[tuple[str, str]]


class Project:
    """A project with the stack `dev` and a backend in its own folder.

    Its plugins are those of `pointed_at`, and ours where that has none.
    """

    def __init__(self, folder: Path, pointed_at: Path | None) -> None:
        """Make the project and the stack."""
        self.folder = folder
        self.use(pointed_at)
        for part in ("state", "home"):
            (folder / part).mkdir()
        self.program("")
        (folder / "Pulumi.yaml").write_text(_PROJECT.format(environment=sys.prefix))
        self.run("stack", "init", "dev")

    def use(self, pointed_at: Path | None) -> None:
        """Exchange the plugins."""
        self._bin = _bin(self.folder / "bin", pointed_at)

    def program(self, source: str) -> None:
        """Write the program."""
        head = "import pulumi\nfrom pulumi import Output, ResourceOptions\nfrom pulumi_command import local, remote\n"
        (self.folder / "__main__.py").write_text(head + textwrap.dedent(source))

    def up(self, source: str, *options: str) -> Run:
        """Write the program and bring the stack up to it."""
        self.program(source)
        return self.change("up", "--skip-preview", *options)

    def change(self, *words: str) -> Run:
        """Run an operation of the CLI to its end."""
        process = self.start(*words)
        text, _ = process.communicate(timeout=_PATIENCE)
        return Run(process.returncode, text, self.operations())

    def start(self, *words: str) -> subprocess.Popen[str]:
        """Start an operation of the CLI."""
        log = self.folder / "events"
        log.unlink(missing_ok=True)
        command = [_pulumi(), *words, "--non-interactive", "--event-log", str(log)]
        command += [] if words[0] == "preview" else ["--yes"]
        return subprocess.Popen(
            command,
            cwd=self.folder,
            env=self._environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def operations(self) -> list[tuple[str, str]]:
        """Return what the last operation set out to do to resources, in order."""
        events = [json.loads(line) for line in (self.folder / "events").read_text().splitlines()]
        steps = [event["resourcePreEvent"]["metadata"] for event in events if "resourcePreEvent" in event]
        return [(step["op"], step["urn"].split("::")[-1]) for step in steps if not step["type"].startswith("pulumi:")]

    def run(self, *words: str) -> str:
        """Run another command of the CLI; return what it printed."""
        command = [_pulumi(), *words, "--non-interactive"]
        done = subprocess.run(
            command, cwd=self.folder, env=self._environment(), capture_output=True, check=True, text=True
        )
        return done.stdout

    def deployment(self, *options: str) -> Any:  # noqa: ANN401 - Pulumi's JSON
        """Return the state."""
        return json.loads(self.run("stack", "export", *options))["deployment"]

    def resource(self, name: str, *options: str) -> Values | None:
        """Return a resource of the state, None if it is not there."""
        resources = self.deployment(*options).get("resources", [])
        found: list[Values] = [one for one in resources if one["urn"].endswith(f"::{name}")]
        return found[0] if found else None

    def _environment(self) -> dict[str, str]:
        return os.environ | {
            "PATH": f"{self._bin}{os.pathsep}{os.environ['PATH']}",
            "PULUMI_BACKEND_URL": f"file://{self.folder}/state",
            "PULUMI_CONFIG_PASSPHRASE": PASSPHRASE,
            "PULUMI_DEBUG_COMMANDS": "true",  # for --event-log
            "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
            "PULUMI_HOME": str(self.folder / "home"),
            "PULUMI_SKIP_UPDATE_CHECK": "true",
        }


def appears(path: Path) -> None:
    """Wait until a script has made `path`."""
    eventually(path.exists, within=30)


def interrupt(process: subprocess.Popen[str]) -> str:
    """Press ^C once; return what the CLI printed until its end."""
    process.send_signal(signal.SIGINT)
    text, _ = process.communicate(timeout=_PATIENCE)
    return text


def _pulumi() -> str:
    found = shutil.which("pulumi")
    assert found, "these rows need pulumi on the PATH"
    return found


def _bin(folder: Path, pointed_at: Path | None) -> Path:
    """Fill `folder` with the plugins."""
    folder.mkdir(exist_ok=True)
    for name, module in _PROGRAMS.items():
        program = folder / name
        program.unlink(missing_ok=True)  # perhaps a link to one of those pointed at
        program.write_text(_WRAPPER.format(python=sys.executable, root=str(ROOT), module=module))
        program.chmod(0o755)
    for given in pointed_at.iterdir() if pointed_at else ():
        (folder / given.name).unlink(missing_ok=True)
        (folder / given.name).symlink_to(given)
    return folder
