"""Another clone that works on the same stack: another path, another umask, a virtual environment of its own."""

from __future__ import annotations

import shutil
import subprocess
import sys
import sysconfig
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from tests.integration.docker.stack import REPOSITORY

if TYPE_CHECKING:
    from tests.integration.docker.stack import Stack

UMASK = "002"


def elsewhere(stack: Stack, folder: Path) -> Stack:
    """The stack as a colleague has it, who cloned the program and has installed the library by pip.

    Args:
        stack: that is up.
        folder: for the clone.
    """
    other = replace(stack, folder=folder)
    folder.mkdir(exist_ok=True)
    other.state.symlink_to(stack.state)
    # As pip does it: no mode but that of the umask, times of the moment, everything compiled.
    copy = "cp --recursive --dereference --no-preserve=all"
    library = f".venv/lib/python{sysconfig.get_python_version()}/site-packages"
    script = f"""
        umask {UMASK}
        mkdir project && cd project
        {copy} {stack.project}/Pulumi.yaml {stack.project}/__main__.py {stack.project}/stacks .
        {sys.executable} -m venv --without-pip .venv
        {copy} {REPOSITORY}/hacomponents {library}
        find {library} -name __pycache__ -exec rm -r {{}} +
        .venv/bin/python -m compileall -q {library}/hacomponents
        echo {sysconfig.get_path("purelib")} >{library}/others.pth
    """
    subprocess.run(["sh", "-euc", script], cwd=folder, check=True)
    shutil.rmtree(folder / "project" / "stacks" / "__pycache__", ignore_errors=True)
    return other
