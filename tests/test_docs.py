"""The documents: their links lead somewhere, and the index has them all."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import unquote

import pytest

from tests.stacks import STACKS
from toolchain.clone import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

README, DOCS = ROOT / "README.md", ROOT / "docs"
DOCUMENTS = [README, ROOT / "CHANGELOG.md", ROOT / "CONTRIBUTING.md", *sorted(DOCS.rglob("*.md"))]
LINK = re.compile(r"""\]\((?!https?:)([^)\s]+)\)|(?:src|href|srcset)="(?!https?:)([^"]+)\"""")
CODE = re.compile(r"^```.*?^```$|`[^`\n]+`", re.DOTALL | re.MULTILINE)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links(document: Path) -> None:
    """
    Every link to a file of the repository leads to one, and to a heading where it names one.
    """
    missing = [
        f"{target.name}#{anchor}"
        for target, anchor in links(document)
        if not target.exists() or (anchor and anchor not in anchors(target))
    ]

    assert [] == missing


def test_the_index_has_every_page() -> None:
    """
    Each page is in the index of the documents, but for decisions, which are in a folder of their own.
    """
    indexed = {target for target, _ in links(DOCS / "README.md")}
    pages = {page for page in DOCS.rglob("*.md") if page.parent != DOCS / "adr"} - {DOCS / "README.md"}

    assert [] == sorted(pages - indexed)
    assert DOCS / "adr" in indexed
    assert DOCS / "README.md" in {target for target, _ in links(README)}


@pytest.mark.parametrize("stack", STACKS)
def test_architectures(stack: str) -> None:
    """
    The README shows each architecture with its drawing, and leads to its page.
    """
    found = {target for target, _ in links(README)}

    assert {DOCS / "stacks" / f"{stack}.svg", DOCS / "stacks" / f"{stack}.md"} <= found


def links(document: Path) -> Iterator[tuple[Path, str]]:
    """The files that a document links to, and the anchors in them."""
    for found in LINK.finditer(CODE.sub("", document.read_text())):
        path, _, anchor = unquote(found[1] or found[2]).partition("#")
        yield ((document.parent / path).resolve() if path else document), anchor


def anchors(document: Path) -> set[str]:
    """The headings of a document, as GitHub names them in links."""
    headings = re.findall(r"^#+ (.+)$", CODE.sub(lambda code: code[0].strip("`"), document.read_text()), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-") for heading in headings}
