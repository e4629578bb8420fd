"""What is built once a machine."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from toolchain import cache
from toolchain.clone import ROOT


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))


def test_a_whole_entry_is_not_built_again() -> None:
    """
    The second time, the builder is not called.
    """
    built: list[Path] = []

    assert cache.make("thing-1", built.append) == cache.make("thing-1", built.append)
    assert len(built) == 1


def test_an_interrupted_build_starts_anew() -> None:
    """
    What a builder left before it failed is no entry, and is gone when the next one builds.
    """

    def fails(folder: Path) -> None:
        (folder / "half").touch()
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        cache.make("thing-1", fails)
    assert cache.entry("thing-1") is None
    cache.make("thing-1", lambda folder: (folder / "whole").touch())
    assert {path.name for path in (cache.folder() / "thing-1").iterdir()} == {"whole", cache.COMPLETE}


def test_one_set_up_at_a_time() -> None:
    """
    Who comes second waits until the first one is done, and says so.
    """
    program = "from toolchain import cache\nwith cache.lock('set-up'): print('in')"
    with cache.lock("set-up"):
        second = subprocess.Popen(
            [sys.executable, "-c", program], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        assert second.stderr is not None
        assert second.stderr.readline() == "==> another set-up is at work: waiting for it\n"
        assert second.poll() is None
    assert second.communicate()[0] == "in\n"


def test_a_link_takes_another_ones_place(tmp_path: Path) -> None:
    """
    A link that is there already leads to the new place then.
    """
    for name in ("old", "new"):
        (tmp_path / name).mkdir()
        cache.link(tmp_path / "link", tmp_path / name)
    assert (tmp_path / "link").resolve() == tmp_path / "new"
