"""A clone of this repository for one stack: `make` and `pulumi` work there, and on nothing else."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
from collections import defaultdict
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from hacomponents.testing.docker import docker
from tests.integration.docker.stack import LONGEST_COMMAND, REPOSITORY, Stack

if TYPE_CHECKING:
    from collections.abc import Iterator

COPIED = ("clone", "hacomponents", "toolchain", "Makefile", "requirements.txt", "requirements-dev.txt")
UP = ("pulumi", "up", "--yes", "--skip-preview", "--non-interactive", "--color", "never")
RECORDED = ("docker:index/container:Container", "docker:index/network:Network")


@dataclass(frozen=True)
class Clone:
    """A clone in the project folder of a stack.

    Args:
        stack: that was created.
    """

    stack: Stack

    def create(self) -> None:
        """Make it, and set it up from what this machine has in its cache."""
        (self.stack.project / "hacomponents").unlink()
        for name in COPIED:
            if (REPOSITORY / name).is_dir():
                ignored = shutil.ignore_patterns("__pycache__")
                shutil.copytree(REPOSITORY / name, self.stack.project / name, ignore=ignored)
            else:
                shutil.copy(REPOSITORY / name, self.stack.project)
        self.make("setup")

    def make(self, target: str, *variables: str) -> str:
        """`make TARGET`; all that it wrote. Raises `AssertionError` with that if it failed.

        Args:
            target: such as `up`.
            variables: beside STACK and CIDR, such as `ARCHITECTURE=rails_ha`.
        """
        done = self._run("make", target, f"STACK={self.stack.name}", f"CIDR={self.stack.cidr}", *variables)
        assert done.returncode == 0, done.stdout
        return done.stdout

    def plain_up(self) -> str:
        """`pulumi up` as a person runs it, after `. toolchain/env`; it fails. All that it wrote."""
        done = self._run("sh", "-c", f". toolchain/env && {' '.join(UP)} --stack {self.stack.name}")
        assert done.returncode != 0, done.stdout
        return done.stdout

    def start_up(self) -> subprocess.Popen[bytes]:
        """`pulumi up`, which goes on."""
        command = [*UP, "--stack", self.stack.name]
        with (self.stack.folder / "up.log").open("wb") as log:
            return subprocess.Popen(command, cwd=self.stack.project, env=self._environment(), stdout=log, stderr=log)

    def unrecorded(self) -> set[str]:
        """Ids of what Docker has of the stack and its state has not."""
        label = f"label=hacomponents.stack={self.stack.name}"
        containers = docker("ps", "--all", "--quiet", "--no-trunc", "--filter", label)
        networks = docker("network", "ls", "--quiet", "--no-trunc", "--filter", label)
        exported = json.loads(self.stack.pulumi("stack", "export", "--stack", self.stack.name))
        resources = exported["deployment"].get("resources", [])
        return {*containers.split(), *networks.split()} - {item["id"] for item in resources if item["type"] in RECORDED}

    def processes(self) -> list[int]:
        """Plugins, language hosts and programs that run from this clone."""
        mark = bytes(self.stack.project)
        found = []
        for folder in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):
                if mark in (folder / "cmdline").read_bytes():
                    found.append(int(folder.name))
        return found

    def _run(self, *command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(command, cwd=self.stack.project, env=self._environment(), stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, timeout=LONGEST_COMMAND, check=False)  # fmt: skip

    def _environment(self) -> dict[str, str]:
        environment = self.stack.environment()
        return {**environment, "PATH": f"{self.stack.project}/.toolchain/bin:{environment['PATH']}"}


def kill(process: subprocess.Popen[bytes], *, whole: bool) -> None:
    """Kill a process with -9, and wait for its end.

    Args:
        process: which.
        whole: whether with all that it started, and that these started.
    """
    victims = list(_descendants(process.pid)) if whole and process.poll() is None else []
    process.kill()
    for pid in victims:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    process.wait()


def _descendants(pid: int) -> Iterator[int]:
    children = defaultdict(list)
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            children[int(stat.read_text().rpartition(")")[2].split()[1])].append(int(stat.parent.name))
    found = [pid]
    for parent in found:
        found.extend(children[parent])
    return iter(found[1:])
