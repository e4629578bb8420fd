"""A second Docker daemon on this machine, with containers, images and networks of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from hacomponents.testing import eventually
from hacomponents.testing.docker import docker
from tests.integration.docker.fresh import free_cidr

if TYPE_CHECKING:
    from collections.abc import Iterator

FIRST = "unix:///var/run/docker.sock"
LONGEST = "900"
"""Seconds until it ends by itself, should nobody live to end it."""
ENDING = 60
"""Seconds for it to end."""


@contextmanager
def second_daemon() -> Iterator[str]:
    """Run one; yields its address."""
    folder = Path(tempfile.mkdtemp(prefix="hacomponents-test-"))  # a short path, for it holds sockets
    host = f"unix://{folder}/docker.sock"
    with _bridge() as bridge, (folder / "log").open("wb") as log:
        command = [
            *(
                "timeout",
                LONGEST,
                "dockerd",
                "--host",
                host,
                "--bridge",
                bridge,
                "--iptables=false",
                "--ip6tables=false",
            ),
            *("--data-root", f"{folder}/data", "--exec-root", f"{folder}/run", "--pidfile", f"{folder}/pid"),
        ]
        daemon = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        try:
            eventually(lambda: _answers(host), within=60)
            yield host
            _clear(host)
        finally:
            daemon.terminate()
            daemon.wait(ENDING)
            shutil.rmtree(folder)


@contextmanager
def _bridge() -> Iterator[str]:
    """A bridge for it to call its own. With `--bridge none` it would remove docker0, which the first one uses."""
    name = f"hat{os.getpid()}"  # an interface's name is short
    network = f"hacomponents-test-bridge-{os.getpid()}"
    options = ("--opt", f"com.docker.network.bridge.name={name}", "--subnet", free_cidr())
    docker("--host", FIRST, "network", "create", *options, network)
    try:
        yield name
    finally:
        docker("--host", FIRST, "network", "rm", network)


def _clear(host: str) -> None:
    """Remove what a story that failed has left."""
    containers = docker("--host", host, "ps", "--all", "--quiet").split()
    if containers:
        docker("--host", host, "rm", "--force", "--volumes", *containers)
    docker("--host", host, "network", "prune", "--force")


def _answers(host: str) -> bool:
    done = subprocess.run(["docker", "--host", host, "version"], capture_output=True, timeout=60, check=False)
    return done.returncode == 0


def copy_image(name: str, host: str) -> None:
    """Give another daemon an image of the first one."""
    with subprocess.Popen(["docker", "--host", FIRST, "save", name], stdout=subprocess.PIPE) as saved:
        subprocess.run(["docker", "--host", host, "load", "--quiet"], stdin=saved.stdout, check=True, timeout=300)
