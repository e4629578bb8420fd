"""The clone that this toolchain belongs to: its folder, and the versions that its requirements pin."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parent.parent
VENV = ROOT / ".venv"
BIN = ROOT / ".toolchain" / "bin"
"""The CLI and what plugins are ours, as links and small programs; see `toolchain.setup`."""


def pinned(package: str) -> str:
    """The version of a package in requirements.txt, which is also the one of its Pulumi plugin or CLI."""
    found = re.search(rf"^{re.escape(package)}==(\S+)$", (ROOT / "requirements.txt").read_text(), re.MULTILINE)
    if found is None:
        raise LookupError(f"requirements.txt pins no {package}")
    return found[1]


def project() -> str:
    """The project's name in Pulumi.yaml."""
    found = re.search(r"^name:\s*(\S+)$", (ROOT / "Pulumi.yaml").read_text(), re.MULTILINE)
    if found is None:
        raise LookupError("Pulumi.yaml has no name")
    return found[1]
