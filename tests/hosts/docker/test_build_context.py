"""What images are built from is the same whatever the clone, the machine and its Python are like."""

from __future__ import annotations

import compileall
import os
import shutil
from typing import TYPE_CHECKING

import pulumi
import pytest

from hacomponents.hosts.docker import build_context as module
from hacomponents.hosts.docker.build_context import MODES, build_context
from toolchain.plugins.docker.build_context import BuildContext

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


@pytest.fixture
def source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The files of a clone or of an installed package, to be changed."""
    source = shutil.copytree(module.SOURCE, tmp_path / "image", ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(module, "SOURCE", source)
    return source


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The program's folder."""
    (tmp_path / "project").mkdir()
    monkeypatch.chdir(tmp_path / "project")
    return tmp_path / "project"


@pytest.fixture(params=[0o002, 0o077])
def umask(request: pytest.FixtureRequest) -> Iterator[int]:
    """Of another user."""
    before = os.umask(request.param)
    yield request.param
    os.umask(before)


def digest() -> str:
    """What a plugin compares."""
    folder = build_context()
    return BuildContext(folder, f"{folder}/Dockerfile").digest()


def modes_of_a_group(source: Path) -> None:
    """A clone under umask 002."""
    for file in source.iterdir():
        file.chmod(0o775 if os.access(file, os.X_OK) else 0o664)


def modes_of_a_package(source: Path) -> None:
    """What pip makes of a wheel."""
    for file in source.iterdir():
        file.chmod(0o600)


def compiled(source: Path) -> None:
    """What pip compiles, by the Python of the moment."""
    compileall.compile_dir(source, quiet=1)


def old(source: Path) -> None:
    """Another time of the last change."""
    for file in source.iterdir():
        os.utime(file, (0, 0))


def settings_of_a_linter(source: Path) -> None:
    """Which no image needs."""
    (source / "ruff.toml").unlink()


@pytest.mark.parametrize("change", [modes_of_a_group, modes_of_a_package, compiled, old, settings_of_a_linter])
@pytest.mark.usefixtures("project")
def test_what_does_not_matter(source: Path, change: Callable[[Path], None]) -> None:
    """
    Modes, times and what pip compiles are of the clone, not of the image.
    """
    before = digest()
    shutil.rmtree(module.OWN)
    change(source)

    assert before == digest()


@pytest.mark.usefixtures("project", "umask")
def test_modes_are_ours() -> None:
    """
    The files have the modes of a fresh clone under umask 022, whatever that of the moment is: images that were built
    from one stay as they are.
    """
    build_context()

    assert MODES == {file.name: file.stat().st_mode & 0o7777 for file in module.FOLDER.iterdir()}


@pytest.mark.usefixtures("project")
def test_contents_matter(source: Path) -> None:
    """
    Another line in one of the files is another image.
    """
    before = digest()
    with (source / "logrotate").open("a") as file:
        file.write("# another line\n")

    assert before != digest()


def test_a_folder_that_was_touched_is_put_right(project: Path) -> None:
    """
    A project folder that was copied, or edited, has other modes, files and lines; the next run puts all of it right.
    """
    before = digest()
    folder = project / module.FOLDER
    for file in folder.iterdir():
        file.chmod(0o666)
    (folder / "init.py").write_text("")
    (folder / "of-an-older-release").write_text("")
    (folder / "__pycache__").mkdir()

    assert before == digest()
    assert MODES.keys() == {file.name for file in folder.iterdir()}
    assert [".gitignore", "image"] == sorted(file.name for file in (project / module.OWN).iterdir())


@pytest.mark.usefixtures("project")
def test_what_is_right_is_not_written_again() -> None:
    """
    Another program of this project may be reading: nothing is touched that is as it should be.
    """
    build_context()
    before = [(file.name, file.stat().st_ino) for file in sorted(module.FOLDER.iterdir())]
    build_context()

    assert before == [(file.name, file.stat().st_ino) for file in sorted(module.FOLDER.iterdir())]


def test_a_folder_that_cannot_be_written(project: Path) -> None:
    """
    The error names the folder and what to do.
    """
    (project / module.OWN).write_text("a file")

    with pytest.raises(pulumi.RunError, match=r"\.hacomponents/image: must be writable, .*; remedy: make it so"):
        build_context()
