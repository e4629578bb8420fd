"""Small strategies that those of all tiers are made of."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from hacomponents.topology.secret import Secret

# Words that mean something to a daemon, to YAML or to our own templates, among ordinary names.
NAMES = ["app", "web", "lb", "db", "localhost", "answers", "default", "no", "null", "x" * 26]
SECRET = Secret("password", "0123456789abcdef", 8, clean=True)
NAMED = {"TOKEN": Secret("token", "fedcba9876543210", 8, clean=True, plain=True)}
"""What `@@TOKEN@@` in a text stands for."""


def secrets_of(*texts: object) -> dict[str, Secret]:
    """The secrets that go with texts: those that they name."""
    return NAMED if any("TOKEN@@" in str(text) for text in texts) else {}


def shaped(pattern: Any) -> st.SearchStrategy[str]:
    """Texts of one of the shapes that `fields` allows."""
    return st.from_regex(pattern, fullmatch=True)


def seconds(low: float, high: float) -> st.SearchStrategy[float]:
    """Durations, whole or not."""
    return st.floats(low, high) | st.integers(round(low + 0.5), int(high))
