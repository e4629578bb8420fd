"""Where the Pulumi CLI is from."""

from __future__ import annotations

import functools
import http.server
import threading
from typing import TYPE_CHECKING

import pytest

from toolchain.clone import ROOT, pinned
from toolchain.errors import StepFailed
from toolchain.setup import golang
from toolchain.setup.cli import GO_MODULE, MODULE, download

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

INSTALLER = """\
echo "version $2"
mkdir -p "$4/bin" && printf '#!/bin/sh\\necho v%s\\n' "$2" > "$4/bin/pulumi"
"""


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Path, str]]:
    """A web site: its folder, and its address."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    (tmp_path / "site").mkdir()
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=str(tmp_path / "site"))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever).start()
        yield tmp_path / "site", f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_the_installer_is_told_version_and_place(site: tuple[Path, str], tmp_path: Path) -> None:
    """
    The site's installer runs with the version, and puts the CLI into the folder.
    """
    (site[0] / "install.sh").write_text(INSTALLER)

    download(f"{site[1]}/install.sh", "3.251.0", tmp_path)

    assert "v%s" not in (tmp_path / "bin" / "pulumi").read_text()
    assert "echo v3.251.0" in (tmp_path / "bin" / "pulumi").read_text()


@pytest.mark.parametrize(
    ("installer", "said"),
    [(None, "404"), ("echo no such version >&2; exit 7", r"exit 7[\s\S]*no such version")],
)
def test_an_installer_that_fails(site: tuple[Path, str], tmp_path: Path, installer: str | None, said: str) -> None:
    """
    No installer, or one that fails, is told with its own words, and with a remedy.
    """
    if installer:
        (site[0] / "install.sh").write_text(installer)

    with pytest.raises(StepFailed, match=rf"{said}[\s\S]*remedy: "):
        download(f"{site[1]}/install.sh", "3.251.0", tmp_path)


def test_nobody_answers(site: tuple[Path, str], tmp_path: Path) -> None:
    """
    A site that refuses connections is told as such.
    """
    with pytest.raises(StepFailed, match="refused"):
        download(f"{site[1].rpartition(':')[0]}:1/install.sh", "3.251.0", tmp_path)


def test_one_version_everywhere() -> None:
    """
    The Go module builds the version that requirements.txt pins, and the Go from PyPI can build it.
    """
    module = (GO_MODULE / "go.mod").read_text()

    assert f"{MODULE}/pkg/v3 v{pinned('pulumi')} " in module
    assert golang.version(f"go{golang.PACKAGE.partition('==')[2]}") >= golang.version(module)


@pytest.mark.parametrize(
    ("said", "enough"),
    [("go1.25.11", True), ("go1.26.0", True), ("go1.25.9", False), ("go1.9", False), ("go2.0", True), ("", False)],
)
def test_whether_a_go_is_new_enough(said: str, *, enough: bool) -> None:
    """
    Versions are compared by number, not by letter; a Go that says nothing is none.
    """
    assert (golang.version(said) >= golang.version("module x\n\ngo 1.25.11\n")) == enough


def test_a_pin_is_exact() -> None:
    """
    Every runtime requirement is pinned, and what is not there is an error.
    """
    lines = [line for line in (ROOT / "requirements.txt").read_text().splitlines() if not line.startswith("#")]

    assert all("==" in line for line in lines)
    with pytest.raises(LookupError, match="pins no nothing"):
        pinned("nothing")
