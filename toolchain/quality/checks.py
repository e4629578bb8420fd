"""Checks that need no container: format, lint, types, layers, shell."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from typing import TYPE_CHECKING

from toolchain.clone import ROOT, VENV
from toolchain.errors import StepFailed
from toolchain.progress import say
from toolchain.setup import set_up_checks

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TOOLS = VENV / "bin"
SHELL = re.compile(rb"#!.*\b(ba|da)?sh\n|# shellcheck shell=")
"""How a shell file begins."""


def check() -> None:
    """Run all checks, also after one has failed. Raises `StepFailed` with the names of those that did."""
    set_up_checks()
    commands: dict[str, list[Path | str]] = {
        "ruff format": [TOOLS / "ruff", "format", "--check", "--output-format=concise"],
        "ruff": [TOOLS / "ruff", "check", "--output-format=concise"],
        "mypy": [TOOLS / "mypy", "--no-error-summary"],
        "import-linter": [TOOLS / "lint-imports"],
        "shellcheck": ["shellcheck", *shell_files()],
    }
    failed = [name for name, command in commands.items() if not _passes(name, [str(word) for word in command])]
    if failed:
        raise StepFailed(
            "check", f"not passed: {', '.join(failed)}", "see above; `make format` mends what can be mended"
        )


def reformat() -> None:
    """Mend what ruff can mend by itself."""
    set_up_checks()
    for command in (["check", "--fix-only"], ["format"]):
        subprocess.run([TOOLS / "ruff", *command], cwd=ROOT, check=False)


def goldens() -> None:
    """Record the golden files anew; `git diff tests/golden` is then for review."""
    set_up_checks()
    done = subprocess.run([TOOLS / "python", "-m", "tests.golden.files"], cwd=ROOT, check=False)
    if done.returncode:
        raise StepFailed("goldens", "they could not be rendered, see above", "correct the program, then run this again")


def shell_files() -> Iterator[Path]:
    """Every shell file of the clone, but for what was put into it or made in it: hidden folders other than .ci."""
    for folder, inner, files in os.walk(ROOT):
        inner[:] = sorted(name for name in inner if name == ".ci" or not name.startswith((".", "__")))
        for name in sorted(files):
            path = ROOT / folder / name
            if path.is_file() and SHELL.match(path.read_bytes()[:80]):
                yield path


def _passes(name: str, command: list[str]) -> bool:
    """Run a check; its words are shown where it fails."""
    start = time.monotonic()
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    say(f"{name:14} {'ok' if done.returncode == 0 else 'FAILED':6} {time.monotonic() - start:4.0f} s")
    if done.returncode:
        sys.stderr.write(done.stdout.decode(errors="replace"))
    return done.returncode == 0
