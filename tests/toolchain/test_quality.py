"""`make check` and `make test`."""

from __future__ import annotations

import pytest

from toolchain.clone import ROOT
from toolchain.quality.checks import shell_files
from toolchain.quality.tests import CLOSING, closing_line


@pytest.mark.parametrize(
    ("outputs", "expected"),
    [
        (["== 3 passed in 1.00s ==\n"], "3 passed"),
        (["ruff ok\n", "== 3 passed, 1 skipped in 1.00s ==\n", "= 1 failed, 2 passed in 70.00s (0:01:10) =\n"],
         "1 failed, 5 passed, 1 skipped"),
        (["== 1 error in 0.10s ==\n", "= 2 errors in 0.10s =\n"], "3 errors"),
        (["== 1 failed in 1.00s ==\n(a test's own words)\n== 7 passed, 9 deselected in 1.00s ==\n"], "7 passed"),
        (["Killed\n"], "no tests ran"),
    ],
)  # fmt: skip
def test_the_closing_line_is_a_sum(outputs: list[str], expected: str) -> None:
    """
    All stages' last closing lines are added up, in pytest's own form.
    """
    line = closing_line(outputs, 12.5)

    assert line == f"===== {expected} in 12.50s ====="
    assert CLOSING.fullmatch(line)


def test_shell_files() -> None:
    """
    Shell files are known by their first line, whatever their name, and none of another clone's or tool's is among them.
    """
    names = {str(path.relative_to(ROOT)) for path in shell_files()}

    assert {".ci/run", "toolchain/run", "toolchain/env"} <= names
    assert not [name for name in names if name.endswith(".py") or name.startswith((".venv", ".toolchain", ".git/"))]
