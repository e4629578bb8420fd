"""The files of an application, read from a git repository through a cache on this machine."""

import fcntl
import hashlib
import io
import os
import subprocess
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from hacomponents.topology.server import Folder, Git
from hacomponents.topology.server.git import COMMIT

LONGEST = 300  # seconds that one git command may take


class _UnreadableError(Exception):
    """What is wrong, and the remedy."""


def read_repository(source: Git) -> Folder:
    """Read the files of a repository at a revision.

    Nothing is raised: what is wrong is told with all other problems of the site.
    """
    if any(source.check("")):
        return Folder("")  # the source's own rules tell it
    try:
        with _cached(source) as repository:
            return Folder(source.name, dict(sorted(repository.files())))
    except _UnreadableError as trouble:
        rule, remedy = trouble.args
    except (OSError, subprocess.TimeoutExpired) as error:
        rule, remedy = f"cannot be read: {error}", "put that right"
    return Folder(source.name, trouble=rule, remedy=remedy)


def _cache() -> Path:
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache", "hacomponents", "git")


@contextmanager
def _cached(source: Git) -> Iterator["_Repository"]:
    """The repository of a source on this machine, for one process at a time."""
    folder = _cache() / hashlib.sha256(source.url.encode()).hexdigest()[:16]
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "in-use").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield _Repository(source, folder)


class _Repository:
    """A bare repository with all that was ever fetched from one URL."""

    def __init__(self, source: Git, folder: Path) -> None:
        self._source = source
        self._folder = folder

    def files(self) -> Iterator[tuple[str, bytes]]:
        """Relative paths and contents."""
        self._git("init", "--quiet", "--bare")
        commit = self._commit() or self._fetched()
        place = "" if self._source.folder == "." else self._source.folder
        done = self._attempt("archive", "--format=tar", f"{commit}:{place}")
        if done.returncode:
            raise _UnreadableError(f"has no folder {place}", "name one that it has at that revision")
        with tarfile.open(fileobj=io.BytesIO(done.stdout)) as archive:
            for member in archive:
                if not member.isdir():
                    yield member.name, _content(archive, member)

    def _commit(self) -> str:
        """The commit's id, where the cache has it."""
        revision = self._source.revision
        name = revision if COMMIT.fullmatch(revision) else f"refs/tags/{revision}"
        return self._resolved(name)

    def _fetched(self) -> str:
        heads = "+refs/heads/*:refs/heads/*"
        done = self._attempt("fetch", "--quiet", "--tags", "--", self._source.url, heads)
        if done.returncode:
            words = " ".join(done.stderr.decode(errors="replace").split())
            raise _UnreadableError(f"cannot be fetched: {words}", "put right the URL, the network or git's credentials")
        if commit := self._commit():
            return commit
        revision = self._source.revision
        if head := self._resolved(f"refs/heads/{revision}"):
            raise _UnreadableError(
                f"{revision} is a branch, which moves", f'give a tag, or where it stands now: "{head}"'
            )
        raise _UnreadableError(f"has no commit or tag {revision}", "push it there, or give another")

    def _resolved(self, name: str) -> str:
        done = self._attempt("rev-parse", "--quiet", "--verify", f"{name}^{{commit}}")
        return done.stdout.decode().strip() if done.returncode == 0 else ""

    def _git(self, *arguments: str) -> None:
        done = self._attempt(*arguments)
        if done.returncode:
            raise _UnreadableError(
                f"cannot be kept in {self._folder}: {done.stderr.decode(errors='replace').strip()}", "make room"
            )

    def _attempt(self, *arguments: str) -> subprocess.CompletedProcess[bytes]:
        # Nobody is there to be asked for a password.
        environment = {**os.environ, "GIT_DIR": str(self._folder), "GIT_TERMINAL_PROMPT": "0"}
        try:
            return subprocess.run(
                ["git", *arguments], env=environment, capture_output=True, timeout=LONGEST, check=False
            )
        except FileNotFoundError as error:
            raise _UnreadableError("needs the git command, which is not installed", "install git") from error


def _content(archive: tarfile.TarFile, member: tarfile.TarInfo) -> bytes:
    """Of a file, or of the file that a link leads to."""
    try:
        stream = archive.extractfile(member)
    except KeyError:
        stream = None
    if stream is None:
        raise _UnreadableError(f"{member.name} is a link that leads to no file in it", "commit the file itself")
    return stream.read()
