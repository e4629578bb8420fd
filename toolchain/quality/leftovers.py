"""What killed tests left in Docker."""

from __future__ import annotations

import subprocess

from toolchain import environment
from toolchain.clone import ROOT
from toolchain.errors import StepFailed


def clear() -> None:
    """Remove it, after saying so; the tests know the names that they give. No other test may be running.

    Raises:
        StepFailed: Docker does not let it.
    """
    done = subprocess.run(["python", "-B", "-m", "tests.leftovers"], cwd=ROOT, env=environment.full(), check=False)
    if done.returncode:
        raise StepFailed(
            "leftovers of tests", f"it ended with exit {done.returncode}", "see above, then run this again"
        )
