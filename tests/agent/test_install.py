"""How the agent gets onto a host, and that it runs there."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest

import hacomponents.agent
from hacomponents.agent import INSTALLER, payload
from tests.hash_seed import elsewhere

SOURCES = json.loads(payload())["files"]
INIT = Path(hacomponents.__file__).parent / "hosts" / "docker" / "image" / "init.py"


@pytest.mark.parametrize("name", sorted(SOURCES))
def test_the_agent_is_python_3_6(name: str) -> None:
    """
    Every source of the agent is of the grammar of Python 3.6.
    """
    ast.parse(SOURCES[name], feature_version=(3, 6))


@pytest.mark.parametrize("source", [INSTALLER, INIT.read_text()], ids=["installer", "init"])
def test_what_comes_before_the_agent_is_python_3_6(source: str) -> None:
    """
    The installer and a container's process 1 are of the grammar of Python 3.6.
    """
    ast.parse(source, feature_version=(3, 6))


def test_the_payload_is_the_same_every_time() -> None:
    """
    The same sources make the same text in every process, so that a second `up` changes nothing.
    """
    assert payload() == elsewhere(payload)


def test_every_folder_of_the_agent_travels() -> None:
    """
    The payload holds each source of the agent, those of its folders included.
    """
    root = Path(hacomponents.agent.__file__).parent

    assert {str(path.relative_to(root)) for path in root.rglob("*.py")} == set(SOURCES)


def install(root: Path, text: str) -> str:
    """Run the installer as on a host, below `root`."""
    program = INSTALLER.replace("/usr/local", str(root))
    return subprocess.run(
        [sys.executable, "-c", program], input=text, capture_output=True, text=True, check=True
    ).stdout


def test_the_agent_is_installed_whole_and_once(tmp_path: Path) -> None:
    """
    After the installer, the command runs with the payload's own sources; the same payload again changes nothing.
    """
    version = json.loads(payload())["version"]
    first = install(tmp_path, payload())
    link = tmp_path / "lib" / "hacomponents" / "agent"
    command = [sys.executable, str(tmp_path / "sbin" / "hacomponents-agent"), "nonsense"]
    answer = subprocess.run(command, capture_output=True, text=True, check=False)
    again = install(tmp_path, payload())

    assert f"agent {version} installed\n" == first
    assert f"agent-{version}" == link.readlink().name
    assert SOURCES == {str(path.relative_to(link)): path.read_text() for path in link.rglob("*.py")}
    assert (2, "usage: hacomponents-agent") == (answer.returncode, answer.stderr[:25])
    assert f"agent {version} is installed\n" == again


def test_a_service_of_the_agent_sees_that_its_version_is_in_force(tmp_path: Path) -> None:
    """
    What a service compares is the folder of the version that it was started from and the one that the link leads to.
    """
    install(tmp_path, payload())
    lib = tmp_path / "lib" / "hacomponents"
    program = (
        "import sys; sys.path.insert(0, sys.argv[1]); from agent.residents import resident; print(resident.STARTED)"
    )

    told = subprocess.run([sys.executable, "-c", program, str(lib)], capture_output=True, text=True, check=True).stdout

    assert str((lib / "agent").resolve()) == told.strip()


def test_a_new_version_replaces_the_old_one(tmp_path: Path) -> None:
    """
    The link moves to a new version at once.
    """
    install(tmp_path, payload())
    changed = {**json.loads(payload()), "version": "0123"}

    install(tmp_path, json.dumps(changed))

    assert "agent-0123" == (tmp_path / "lib" / "hacomponents" / "agent").readlink().name
