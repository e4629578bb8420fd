"""What a killed Docker daemon leaves."""

from __future__ import annotations

import socket
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.toolchain.process import living
from toolchain.setup.engine import leftovers

if TYPE_CHECKING:
    from collections.abc import Iterator

PID_FILES = {"docker.pid": "dockerd", "docker/containerd/containerd.pid": "containerd"}


@pytest.fixture
def run() -> Iterator[Path]:
    """A folder in the place of /run; its path is short, for it holds sockets."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "docker" / "containerd").mkdir(parents=True)
        (Path(folder) / "containerd").mkdir()
        (Path(folder) / "bin").mkdir()
        yield Path(folder)


@pytest.mark.parametrize(("name", "program"), PID_FILES.items())
def test_pid_files(run: Path, name: str, program: str) -> None:
    """
    A pid file is a leftover if its process has ended, is another program, or was never written; else it is in use.
    """
    file = run / name
    with living(run / "bin", program) as pid:
        file.write_text(f"{pid}\n")
        assert leftovers(run) == []
    assert leftovers(run) == [file]
    with living(run / "bin", "other") as pid:
        file.write_text(f"{pid}\n")
        assert leftovers(run) == [file]
    file.write_text("")
    assert leftovers(run) == [file]
    file.unlink()
    assert leftovers(run) == []


def test_the_systems_containerd(run: Path) -> None:
    """
    The socket of the system's containerd is a leftover if nobody listens there: dockerd would wait for it in vain.
    """
    path = run / "containerd" / "containerd.sock"
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(path))
        server.listen()
        assert leftovers(run) == []
    assert leftovers(run) == [path]
