"""`make changelog`: the fragments of changelog.d/ become the section of a release in CHANGELOG.md."""

from __future__ import annotations

import tomllib
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from toolchain.clone import ROOT
from toolchain.errors import StepFailed
from toolchain.progress import say

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

KINDS = {"breaking": "Breaking", "security": "Security", "deprecation": "Deprecated", "change": "Changed"}
"""Kinds of fragments and their headings, in the order of a section."""


def changelog() -> None:
    """Write the section of pyproject.toml's version, dated today, and remove its fragments. Raises `StepFailed`."""
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    assemble(ROOT, version, datetime.now(tz=UTC).date().isoformat())
    say(f"CHANGELOG.md has {version}: review it, then commit")


def assemble(root: Path, version: str, day: str) -> None:
    """Do so in a folder.

    Args:
        root: with CHANGELOG.md and changelog.d/.
        version: of the release.
        day: of the release.

    Raises:
        StepFailed: there is no fragment, one of an unknown kind, or a section of that version already.
    """
    document, fragments = root / "CHANGELOG.md", sorted((root / "changelog.d").glob("*"))
    before, heading, older = document.read_text().partition("\n## ")
    if not fragments:
        raise StepFailed("changelog", "changelog.d/ has no fragment", "nothing is to be released")
    if f"\n## {version} (" in heading + older:
        raise StepFailed("changelog", f"CHANGELOG.md has {version} already", "raise the version in pyproject.toml")
    texts = {path.name: path.read_text() for path in fragments}
    document.write_text(f"{before}\n{_section(texts, version, day)}{heading}{older}")
    for path in fragments:
        path.unlink()


def _section(fragments: Mapping[str, str], version: str, day: str) -> str:
    """The section of a release: an entry for each fragment, by kind. Raises `StepFailed`."""
    entries: dict[str, list[str]] = {kind: [] for kind in KINDS}
    for name, text in fragments.items():
        kind = name.removesuffix(".md").rpartition(".")[2]
        if kind not in KINDS or not name.endswith(".md"):
            known = ", ".join(f"NAME.{kind}.md" for kind in KINDS)
            raise StepFailed("changelog", f"changelog.d/{name} is of no known kind", f"rename it to one of {known}")
        entries[kind].append("- " + text.strip().replace("\n", "\n  ") + "\n")
    blocks = (f"\n### {KINDS[kind]}\n\n{''.join(texts)}" for kind, texts in entries.items() if texts)
    return f"## {version} ({day})\n{''.join(blocks)}"
