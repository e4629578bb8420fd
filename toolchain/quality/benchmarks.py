"""`make bench`: what docs/benchmarks.md tells, measured anew."""

from __future__ import annotations

import subprocess

from toolchain import cache, environment
from toolchain.clone import ROOT
from toolchain.errors import StepFailed
from toolchain.progress import say
from toolchain.quality.leftovers import clear
from toolchain.setup import set_up

PARTS = ("gaps", "failover", "up", "throughput", "changes", "report")
"""Modules of `bench`, in turn: each wants the machine for itself."""


def bench() -> None:
    """Run every benchmark, then make the document anew. Raises `StepFailed` at the first that fails."""
    set_up()
    with cache.lock("test"):
        clear()
        for number, part in enumerate(PARTS, start=1):
            say(f"==> bench: {part} ({number} of {len(PARTS)})")
            done = subprocess.run(["python", "-m", f"bench.{part}"], cwd=ROOT, env=environment.full(), check=False)
            if done.returncode:
                remedy = f"see the words above; then run this again, or: . toolchain/env; python -m bench.{part}"
                raise StepFailed(f"bench: {part}", f"it ended with exit {done.returncode}", remedy)
    say("\ndocs/benchmarks.md has the new figures, bench/results every run: see git diff")
