"""Files and directories that others make at the same moment."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from hacomponents.agent.disk import files

if TYPE_CHECKING:
    from pathlib import Path


def test_a_directory_that_another_process_makes_meanwhile_is_fine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    Process 1's `boot` and a first push make the same directories; whoever comes second goes on.
    """
    mkdir = os.mkdir

    def both(path: str) -> None:
        mkdir(path)
        mkdir(path)

    monkeypatch.setattr(os, "mkdir", both)
    files.make_directory(str(tmp_path / "releases"))

    assert (tmp_path / "releases").is_dir()


def test_a_file_in_the_place_of_a_directory_is_an_error(tmp_path: Path) -> None:
    """
    A file is not taken for the directory.
    """
    (tmp_path / "releases").write_text("")

    with pytest.raises(FileExistsError):
        files.make_directory(str(tmp_path / "releases"))
