"""Reads, and writes that a power cut cannot tear: a file is wholly old or wholly new, and stays so after the call.

Readers take no lock. What they list and read may be replaced or removed by another process at any moment: `names`,
`text`, `modified` and `target` see what is whole, and take what is gone for gone.
"""

import contextlib
import os
import shutil
import typing

BESIDE = ".new"  # what is being written is beside its place, under its name with this at the end


def write(path: str, content: bytes, mode: int = 0o644, owner: typing.Optional[str] = None) -> None:
    """Put ``content`` at ``path`` atomically, with ``mode`` and, if given, the user and group named ``owner``."""
    beside = path + BESIDE
    remove(beside)
    handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
            stream.flush()
            if owner is not None:
                shutil.chown(beside, owner, owner)
            os.fchmod(stream.fileno(), mode)
            os.fsync(stream.fileno())
    except OSError as error:
        error.filename = error.filename or beside  # a full disk does not say which
        raise
    os.rename(beside, path)
    sync_directory(os.path.dirname(path))


def text(path: str) -> str:
    """Return what ``path`` holds; nothing where it cannot be read."""
    try:
        with open(path, encoding="utf-8", errors="replace") as stream:
            return stream.read()
    except OSError:
        return ""


def names(folder: str) -> typing.List[str]:
    """Return the names in ``folder``, sorted, but for what is still being written; none where there is no folder."""
    try:
        present = os.listdir(folder)
    except FileNotFoundError:
        return []
    return sorted(name for name in present if not name.endswith(BESIDE))


def modified(path: str) -> typing.Optional[float]:
    """Return when ``path`` was written, in seconds since 1970; None where nothing is there."""
    try:
        return os.stat(path).st_mtime
    except FileNotFoundError:
        return None


def target(path: str) -> typing.Optional[str]:
    """Return where the symbolic link ``path`` leads; None where there is no link."""
    try:
        return os.readlink(path)
    except OSError:
        return None


def link(path: str, to: str) -> None:
    """Make ``path`` a symbolic link to ``to`` atomically, whatever link or file was there."""
    if target(path) == to:
        return
    beside = path + BESIDE
    remove(beside)
    os.symlink(to, beside)
    os.rename(beside, path)
    sync_directory(os.path.dirname(path))


def make_directory(path: str, mode: int = 0o755) -> None:
    """Make ``path`` and its missing parents; an existing directory is left as it is."""
    if os.path.isdir(path):
        return
    make_directory(os.path.dirname(path))
    try:
        os.mkdir(path)
    except FileExistsError:
        if os.path.isdir(path):  # another process has made it since: boot, beside a first push
            return
        raise
    os.chmod(path, mode)
    sync_directory(os.path.dirname(path))


def rename(old: str, new: str) -> None:
    """Rename durably."""
    os.rename(old, new)
    sync_directory(os.path.dirname(new))


def remove(path: str) -> None:
    """Remove a file, a link or a whole directory; nothing there is fine."""
    if os.path.isdir(path) and not os.path.islink(path):
        shutil.rmtree(path)
    elif os.path.lexists(path):
        with contextlib.suppress(FileNotFoundError):  # another process has removed it since
            os.unlink(path)


def sync_directory(path: str) -> None:
    """Make the names in the directory ``path`` survive a power cut."""
    handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
