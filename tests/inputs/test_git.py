"""Applications from git repositories: what is read, what is refused, what the cache spares."""

from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from hacomponents import Git
from hacomponents.inputs.git import read_repository

if TYPE_CHECKING:
    from pathlib import Path


class Repository:
    """A bare repository with two commits: `v1` is a tag of the first one, `main` is at the second."""

    def __init__(self, folder: Path) -> None:
        self.work, self.bare = folder / "work", folder / "bare.git"
        self.work.mkdir(parents=True)
        self.git("init", "--quiet", "--initial-branch=main")
        self.first = self.commit({"config.ru": "run 1\n", "docs/readme.txt": "read\n"})
        self.git("tag", "v1")
        self.second = self.commit({"config.ru": "run 2\n"})
        self.git("clone", "--quiet", "--bare", str(self.work), str(self.bare))
        self.git("remote", "add", "origin", str(self.bare))

    @property
    def url(self) -> str:
        """Of the bare one."""
        return self.bare.as_uri()

    def commit(self, files: dict[str, str]) -> str:
        """Change files. The commit's id."""
        for name, text in files.items():
            (self.work / name).parent.mkdir(parents=True, exist_ok=True)
            (self.work / name).write_text(text)
        self.git("add", "--all")
        self.git("-c", "user.name=t", "-c", "user.email=t@example.com", "commit", "--quiet", "--message", "change")
        return self.git("rev-parse", "HEAD")

    def git(self, *arguments: str) -> str:
        """Run git in the work tree."""
        done = subprocess.run(["git", *arguments], cwd=self.work, capture_output=True, text=True, check=True)
        return done.stdout.strip()


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Repository:
    """One, and an empty cache."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    return Repository(tmp_path)


def test_a_commit_is_read(repository: Repository) -> None:
    """
    The files are those of the commit, not of what came after it.
    """
    folder = read_repository(Git(repository.url, repository.first))

    assert {"config.ru": b"run 1\n", "docs/readme.txt": b"read\n"} == folder.files
    assert f"{repository.url} at {repository.first}" == folder.path


def test_a_tag_is_read(repository: Repository) -> None:
    """
    A tag stands for its commit.
    """
    assert read_repository(Git(repository.url, repository.first)).files == (
        read_repository(Git(repository.url, "v1")).files
    )


def test_a_folder_of_the_repository_is_read(repository: Repository) -> None:
    """
    The application may be a folder of the repository.
    """
    assert {"readme.txt": b"read\n"} == read_repository(Git(repository.url, "v1", folder="docs")).files


def test_a_new_commit_is_fetched(repository: Repository) -> None:
    """
    What the cache does not have yet is fetched.
    """
    read_repository(Git(repository.url, "v1"))
    third = repository.commit({"config.ru": "run 3\n"})
    repository.git("push", "--quiet", "origin", "main")

    assert b"run 3\n" == read_repository(Git(repository.url, third)).files["config.ru"]


@pytest.mark.parametrize("revision", ["v1", "commit"])
def test_what_was_read_is_read_again_without_the_network(repository: Repository, revision: str) -> None:
    """
    A commit and a tag stay what they were, so a preview needs no network for what is known; nor does a tag move.
    """
    source = Git(repository.url, repository.first if revision == "commit" else revision)
    before = read_repository(source)
    shutil.rmtree(repository.bare)

    assert before == read_repository(source)


def test_links_are_what_they_lead_to(repository: Repository) -> None:
    """
    A link to a file of the repository is that file's content.
    """
    (repository.work / "link.txt").symlink_to("docs/readme.txt")
    commit = repository.commit({})
    repository.git("push", "--quiet", "origin", "main")

    assert b"read\n" == read_repository(Git(repository.url, commit)).files["link.txt"]


@pytest.mark.parametrize(
    ("revision", "folder", "trouble", "remedy"),
    [
        ("main", ".", "main is a branch, which moves", 'give a tag, or where it stands now: "{second}"'),
        ("v2", ".", "has no commit or tag v2", "push it there, or give another"),
        ("f" * 40, ".", f"has no commit or tag {'f' * 40}", "push it there, or give another"),
        ("v1", "app", "has no folder app", "name one that it has at that revision"),
    ],
)
def test_what_the_repository_does_not_have(
    repository: Repository, revision: str, folder: str, trouble: str, remedy: str
) -> None:
    """
    A branch, an unknown revision and an unknown folder are told apart, each with its remedy.
    """
    read = read_repository(Git(repository.url, revision, folder=folder))

    assert (trouble, remedy.format(second=repository.second), {}) == (read.trouble, read.remedy, read.files)


def test_a_link_to_nowhere(repository: Repository) -> None:
    """
    A link that leaves the repository is refused by its name.
    """
    (repository.work / "passwd").symlink_to("/etc/passwd")
    commit = repository.commit({})
    repository.git("push", "--quiet", "origin", "main")

    assert "passwd is a link that leads to no file in it" == read_repository(Git(repository.url, commit)).trouble


def test_a_repository_that_cannot_be_reached(repository: Repository) -> None:
    """
    Git's own words are told, with the remedy.
    """
    read = read_repository(Git(repository.url + ".gone", "v1"))

    assert read.trouble.startswith("cannot be fetched: fatal: ")
    assert "put right the URL, the network or git's credentials" == read.remedy


def test_no_git(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    Without the git command the remedy is to install it.
    """
    monkeypatch.setenv("PATH", "/nowhere")

    read = read_repository(Git(repository.url, "v1"))

    assert ("needs the git command, which is not installed", "install git") == (read.trouble, read.remedy)
