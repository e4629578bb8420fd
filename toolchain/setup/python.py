"""The Python environment of the clone."""

from __future__ import annotations

import hashlib
import os
import sys
from pathlib import Path

from toolchain import cache
from toolchain.clone import ROOT, VENV
from toolchain.progress import run

REQUIREMENTS = ("requirements.txt", "toolchain/plugins/requirements.txt", "requirements-dev.txt")


def install() -> Path:
    """Make `.venv` a link to the environment of these requirements, which clones share; its Python's path."""
    environment = cache.make(f"venv-{_key()}", _build)
    cache.link(VENV, environment)
    return environment / "bin" / "python"


def _key() -> str:
    """A name for what the environment is made of: the requirements, and the Python that makes it."""
    parts = [sys.version, os.path.realpath(sys.executable), *((ROOT / name).read_text() for name in REQUIREMENTS)]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:12]


def _build(folder: Path) -> None:
    remedy = "see which package failed; check pip's index settings and the network, then run this again"
    command = [sys.executable, "-m", "venv", str(folder)]
    run("Python: making an environment", command, cache.log("venv"), remedy=remedy)
    files = [word for name in REQUIREMENTS for word in ("--requirement", str(ROOT / name))]
    pip = [
        str(folder / "bin" / "python"),
        "-m",
        "pip",
        "install",
        "--no-input",
        "--disable-pip-version-check",
        "--progress-bar=off",
    ]
    run("Python: installing the requirements", [*pip, *files], cache.log("pip"), remedy=remedy)
