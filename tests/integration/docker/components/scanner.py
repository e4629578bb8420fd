"""An independent judge of how TLS is set up: sslyze, which holds a server against Mozilla's profiles."""

from __future__ import annotations

import re
import subprocess
import sys
from functools import partial
from typing import TYPE_CHECKING

from hacomponents.testing.docker import DockerError, docker
from toolchain import cache

if TYPE_CHECKING:
    from pathlib import Path

    from hacomponents.testing import Client

# It needs another version of `cryptography` than we do, so it stands in a folder of its own.
VERSION = "6.3.1"
FOLDER = "/opt/sslyze"


def scan(client: Client, address: str, name: str) -> list[str]:
    """What the scanner has against a server, in its own words; it looks from a client's container.

    It knows Mozilla's guidelines 5.7, of which our 6.0 is a part: it has fewer ciphers, and no other ones.

    Args:
        client: who asks.
        address: of the server.
        name: that it is asked for.
    """
    python = client.exec("python3", "-c", "import sys; print(*sys.version_info[:2], sep='.')").strip()
    with cache.lock("scanner"):
        packages = cache.make(f"sslyze-{VERSION}-python-{python}", partial(_install, python))
    docker("cp", f"{packages}/.", f"{client.name}:{FOLDER}")
    command = ["env", f"PYTHONPATH={FOLDER}", "python3", "-m", "sslyze", "--mozilla_config=intermediate"]
    try:
        said = client.exec(*command, f"{name}:443{{{address}}}")
    except DockerError as error:
        said = str(error)
    verdict = said.partition("Checking results against Mozilla")[2]
    assert "compliant" in verdict.lower(), said
    return re.findall(r"^ +\* (\w+):", verdict, re.MULTILINE)


def _install(python: str, folder: Path) -> None:
    """For the client's own Python, not the one that runs the tests: compiled parts are fetched again for it."""
    _pip("install", "--target", str(folder), f"sslyze=={VERSION}")
    others = [line for line in _pip("freeze", "--path", str(folder)).splitlines() if not line.startswith("sslyze")]
    there = ["--python-version", python, "--only-binary", ":all:", "--no-deps", "--upgrade", "--target", str(folder)]
    _pip("install", *there, *others)


def _pip(*arguments: str) -> str:
    command = [sys.executable, "-m", "pip", "--quiet", *arguments]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
