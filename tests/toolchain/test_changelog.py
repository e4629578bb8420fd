"""`make changelog`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from toolchain.clone import ROOT
from toolchain.errors import StepFailed
from toolchain.quality.changelog import KINDS, assemble

if TYPE_CHECKING:
    from pathlib import Path

HEAD = "# Changelog\n\nFragments are in changelog.d/.\n"


def clone(root: Path, *names: str, changelog: str = HEAD) -> Path:
    """A folder with a changelog, and with fragments of two lines that say their names."""
    (root / "CHANGELOG.md").write_text(changelog)
    (root / "changelog.d").mkdir()
    for name in names:
        (root / "changelog.d" / name).write_text(f"It is {name}.\nMore of it.\n")
    return root


def test_a_release(tmp_path: Path) -> None:
    """
    Fragments become entries, what breaks first and then by name; they are gone then, and older releases stay below.
    """
    root = clone(
        tmp_path, "b.change.md", "a.change.md", "c.breaking.md", changelog=f"{HEAD}\n## 0.1.0 (2026-01-31)\n\nOld.\n"
    )

    assemble(root, "0.2.0", "2026-02-28")

    text = (root / "CHANGELOG.md").read_text()
    assert (
        text
        == f"""{HEAD}
## 0.2.0 (2026-02-28)

### Breaking

- It is c.breaking.md.
  More of it.

### Changed

- It is a.change.md.
  More of it.
- It is b.change.md.
  More of it.

## 0.1.0 (2026-01-31)

Old.
"""
    )
    assert [] == list((root / "changelog.d").iterdir())


def test_the_first_release(tmp_path: Path) -> None:
    """
    A changelog without a release gets one.
    """
    root = clone(tmp_path, "a.security.md")

    assemble(root, "0.1.0", "2026-01-31")

    text = (root / "CHANGELOG.md").read_text()
    assert text == f"{HEAD}\n## 0.1.0 (2026-01-31)\n\n### Security\n\n- It is a.security.md.\n  More of it.\n"


@pytest.mark.parametrize(
    ("names", "version", "expected"),
    [
        ([], "0.2.0", "has no fragment"),
        (["a.fix.md"], "0.2.0", "changelog.d/a.fix.md is of no known kind"),
        (["a.change.txt"], "0.2.0", "changelog.d/a.change.txt is of no known kind"),
        (["a.change.md"], "0.1.0", "has 0.1.0 already"),
    ],
)
def test_refused(tmp_path: Path, names: list[str], version: str, expected: str) -> None:
    """
    What cannot be a release changes nothing, and says why.
    """
    before = f"{HEAD}\n## 0.1.0 (2026-01-31)\n\nOld.\n"
    root = clone(tmp_path, *names, changelog=before)

    with pytest.raises(StepFailed, match=expected):
        assemble(root, version, "2026-02-28")

    assert before == (root / "CHANGELOG.md").read_text()
    assert names == [path.name for path in (root / "changelog.d").iterdir()]


def test_our_own_fragments() -> None:
    """
    Each fragment of this repository is of a known kind.
    """
    kinds = {path.name.split(".", 1)[1] for path in (ROOT / "changelog.d").glob("*")}

    assert kinds <= {f"{kind}.md" for kind in KINDS}
