"""The script that moves what a container keeps onto its volume: what it does in each state that it may find."""

from __future__ import annotations

import os
import shlex
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from hacomponents.hosts.docker.data import MOVE
from hacomponents.testing import eventually
from hacomponents.testing.docker import docker, inspect

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.daemons

BASE = "debian:trixie-slim"
FOLDER = "/var/lib/app"
# In the agent's place: it is asked once, before the copy.
AGENT = "printf '#!/bin/sh\\necho retired >>/retired\\n' >/usr/local/sbin/hacomponents-agent"
START = f"""
[ -e {FOLDER} ] || {{
  {AGENT}; chmod 755 /usr/local/sbin/hacomponents-agent
  mkdir -p {FOLDER}/sub; echo note >{FOLDER}/sub/notes; ln -s sub/notes {FOLDER}/link
  chown -R 33:33 {FOLDER}; chmod 750 {FOLDER}; chmod 600 {FOLDER}/sub/notes
  touch /ready
}}
exec sleep 600
"""
MOVED = "750 33\n600 33 sub/notes\nnote"


@dataclass(frozen=True)
class Old:
    """A container without a volume, and the volume that shall be.

    Args:
        name: of both, and of their stack.
    """

    name: str

    def move(self, *, volume: str = "", stack: str = "", folder: str = FOLDER) -> subprocess.CompletedProcess[str]:
        """Run the script, as of a stack (default: its own), for a volume (default: its own)."""
        arguments = (self.name, "test", stack or self.name, folder, volume or self.name)
        script = f"set -- {shlex.join(arguments)}\n{MOVE}"
        return subprocess.run(["sh", "-c", script], capture_output=True, text=True, timeout=120, check=False)

    def on_volume(self, script: str = "") -> str:
        """What is on the volume; after a script there, if any."""
        script = script or "stat -c '%a %u' .; stat -c '%a %u %n' sub/notes; cat link"
        return docker("run", "--rm", "--network", "none", "--volume", f"{self.name}:/data", "--workdir", "/data", BASE,
                      "sh", "-euc", script)  # fmt: skip

    @property
    def retired(self) -> str:
        """Whether the agent was asked."""
        return docker("exec", self.name, "sh", "-c", "cat /retired 2>/dev/null || true")


@pytest.fixture
def old() -> Iterator[Old]:
    """One that keeps a folder with a file."""
    name = f"hacomponents-test-move-{os.getpid()}"
    labels = ("--label", "hacomponents.project=test", "--label", f"hacomponents.stack={name}")
    docker("run", "--detach", "--init", "--network", "none", "--name", name, *labels, BASE, "sh", "-c", START)
    docker("volume", "create", *labels, name)
    eventually(lambda: docker("exec", name, "sh", "-c", "ls /ready 2>/dev/null || true"), within=60)
    yield Old(name)
    docker("rm", "--force", name)
    docker("volume", "rm", name)


def test_it_moves(old: Old) -> None:
    """
    The host retires, once; contents, owners, modes and links are the same, those of the folder itself too.
    """
    done = old.move()

    assert (0, "retired") == (done.returncode, old.retired), done.stderr
    assert f"moved {FOLDER} to the volume {old.name}" in done.stdout
    assert old.on_volume() == MOVED


def test_a_host_without_power(old: Old) -> None:
    """
    What a container keeps that does not run moves as well.
    """
    docker("stop", "--time", "0", old.name)

    assert 0 == old.move().returncode
    assert old.on_volume() == MOVED


def test_a_copy_that_was_cut_off(old: Old) -> None:
    """
    What is left of a copy that was cut off goes, and the copy is made anew.
    """
    old.on_volume("touch .hacomponents-moving; mkdir sub half")

    assert 0 == old.move().returncode
    assert "sub link" == " ".join(sorted(old.on_volume("ls -A").split(), reverse=True))
    assert old.on_volume() == MOVED


def test_a_volume_with_data(old: Old) -> None:
    """
    Data that are on the volume already stay as they are.
    """
    old.on_volume("echo newer >notes")

    done = old.move()

    assert (0, True) == (done.returncode, "has data already, which stay" in done.stdout)
    assert "newer" == old.on_volume("cat notes; [ ! -e link ]")


@pytest.mark.parametrize(
    ("how", "said"),
    [({"stack": "another"}, "no container to move"), ({"folder": "/var/lib/other"}, "has no /var/lib/other")],
)
def test_nothing_to_move(old: Old, how: dict[str, str], said: str) -> None:
    """
    A container of another stack is not touched, nor one without the folder.
    """
    done = old.move(**how)

    assert (0, "", "") == (done.returncode, old.retired, old.on_volume("ls -A"))
    assert said in done.stdout


def test_a_copy_that_fails(old: Old) -> None:
    """
    The host goes on: its container is started anew, and the error says which folder, which volume, and why.
    """
    started = inspect(old.name, "{{.State.StartedAt}}")

    done = old.move(volume="not!a!volume")

    assert 1 == done.returncode
    assert f"{FOLDER} could not be copied to the volume not!a!volume (see above); {old.name} goes on" in done.stderr
    assert "not!a!volume" in done.stderr.splitlines()[0]
    assert started < inspect(old.name, "{{.State.StartedAt}}")
