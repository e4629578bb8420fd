"""Asking before something is broken or taken away."""

from __future__ import annotations

import os
import sys

from toolchain.errors import Failed


def require(step: str, stack: str, *, remedy: str, spared: str) -> None:
    """Have the user type the stack's name; where nobody is there, YES=1 must agree. Raises `Failed`.

    Args:
        step: what is about to be done, after it was told what that takes.
        stack: its name.
        remedy: the command that agrees beforehand.
        spared: what did not happen, for the error.
    """
    if os.environ.get("YES") == "1":
        return
    if not sys.stdin.isatty():
        raise Failed(step, f"nobody is at a terminal to agree; {spared}", remedy)
    if input(f"To agree, type the stack's name ({stack}): ").strip() != stack:
        raise Failed(step, f"you did not agree; {spared}", remedy)
