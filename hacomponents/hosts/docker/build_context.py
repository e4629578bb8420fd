"""The folder that images are built from: in the project, and the same whoever runs Pulumi on it, and where.

What a plugin compares holds the folder's path and the modes of its files; Docker's cache goes by the modes too. A clone
has the modes of its umask, and an installed package the path of its virtual environment. So the files are copied.
"""

import os
import shutil
import tempfile
from pathlib import Path

import pulumi

SOURCE = Path(__file__).parent / "image"
OWN = Path(".hacomponents")
FOLDER = OWN / "image"
# What an image needs, and no more: neither settings of linters nor what a Python compiled. Modes as in a fresh clone,
# so that images of stacks that were built from one are still the same.
MODES = {"Dockerfile": 0o644, "init.py": 0o755, "logrotate": 0o644, "policy-rc.d": 0o644, "syslog": 0o755}


def build_context() -> str:
    """Bring the folder up to date; its path, relative to the program.

    Raises:
        RunError: it cannot be written.
    """
    try:
        FOLDER.mkdir(parents=True, exist_ok=True)
        _put(OWN / ".gitignore", b"*\n", 0o644)
        for name, mode in MODES.items():
            _put(FOLDER / name, (SOURCE / name).read_bytes(), mode)
        for stray in [path for path in FOLDER.iterdir() if path.name not in MODES]:
            _remove(stray)
    except OSError as error:
        message = f"{FOLDER}: must be writable, to build images from (got {error}); remedy: make it so, or remove it"
        raise pulumi.RunError(message) from error
    return str(FOLDER)


def _put(path: Path, content: bytes, mode: int) -> None:
    """Write a file in one step, unless it is there already: another program of this project may be reading it."""
    if path.is_file() and path.read_bytes() == content and path.stat().st_mode & 0o7777 == mode:
        return
    number, name = tempfile.mkstemp(dir=OWN)
    with os.fdopen(number, "wb") as stream:
        stream.write(content)
        stream.flush()
        os.fchmod(number, mode)
    Path(name).replace(path)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
