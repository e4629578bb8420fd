"""The same work in another process, whose sets have another order."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
PROGRAM = """
import importlib, pickle, sys
module, name, arguments = pickle.load(sys.stdin.buffer)
sys.stdout.buffer.write(pickle.dumps(getattr(importlib.import_module(module), name)(*arguments)))
"""


def elsewhere(function: Any, *arguments: Any) -> Any:
    """What a function of a module returns in a process of its own, under another hash seed than this one's.

    Args:
        function: that a module has by its name.
        arguments: that can be pickled, as its result.
    """
    seed = "2" if os.environ.get("PYTHONHASHSEED") == "1" else "1"
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        input=pickle.dumps((function.__module__, function.__name__, arguments)),
        cwd=ROOT,
        env={**os.environ, "PYTHONHASHSEED": seed},
        stdout=subprocess.PIPE,
        check=True,
    )
    return pickle.loads(done.stdout)  # noqa: S301  # our own
