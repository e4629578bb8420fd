"""Reads, and writes that a power cut cannot tear: a file is wholly old or wholly new, and stays so after the call."""

import os
import shutil
import typing


def write(path: str, content: bytes, mode: int = 0o644, owner: typing.Optional[str] = None) -> None:
    """Put ``content`` at ``path`` atomically, with ``mode`` and, if given, the user and group named ``owner``."""
    beside = path + ".new"
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


def link(path: str, target: str) -> None:
    """Make ``path`` a symbolic link to ``target`` atomically, whatever link or file was there."""
    if os.path.islink(path) and os.readlink(path) == target:
        return
    beside = path + ".new"
    remove(beside)
    os.symlink(target, beside)
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
        os.unlink(path)


def sync_directory(path: str) -> None:
    """Make the names in the directory ``path`` survive a power cut."""
    handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
