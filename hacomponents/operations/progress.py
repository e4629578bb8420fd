"""Telling the user what is being done, on standard error: standard output is for results."""

from __future__ import annotations

import sys


def say(text: str) -> None:
    """Write one line."""
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()
