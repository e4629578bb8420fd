"""Rules of values that Docker would refuse late, or not at all."""

import re

from toolchain.plugins.docker.schema import Rule


def at_least(least: int) -> Rule:
    """A rule: a number not below `least`."""

    def rule(value: object) -> str | None:
        return f"'{value}' cannot be lower than {least}" if isinstance(value, int) and value < least else None

    return rule


def matching(pattern: str) -> Rule:
    """A rule: a string that the pattern matches as a whole."""

    def rule(value: object) -> str | None:
        return None if re.fullmatch(pattern, str(value)) else f"'{value}' doesn't match the pattern '^({pattern})$'"

    return rule


def absolute(value: object) -> str | None:
    """What is wrong with a path that must be absolute, or None."""
    return None if not value or str(value).startswith("/") else f"'{value}' must be an absolute path"
