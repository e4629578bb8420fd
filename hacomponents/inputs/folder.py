"""The files of an application, read from a local folder."""

from pathlib import Path

from hacomponents.topology.server import Folder

# What editors, Ruby and version control leave behind, and what the application itself writes.
LEFT_OUT = frozenset({".git", ".bundle", ".DS_Store", "log", "tmp", "node_modules", "__pycache__"})


def read_folder(path: str) -> Folder:
    """Read a folder, relative to the program.

    Nothing is raised: what is wrong is told with all other problems of the site.
    """
    try:
        root = Path(path)
        if not root.is_dir():
            return Folder(path, trouble="is not a folder")
        return Folder(path, {str(file.relative_to(root)): file.read_bytes() for file in _files(root)})
    except (OSError, TypeError, ValueError) as error:
        return Folder(path, trouble=f"cannot be read: {error}")


def _files(root: Path) -> list[Path]:
    found = (file for file in root.rglob("*") if file.is_file())
    return sorted(file for file in found if not LEFT_OUT & set(file.relative_to(root).parts))
