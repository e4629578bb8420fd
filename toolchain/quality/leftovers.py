"""What killed tests left in Docker, known by the names that our tests give."""

from __future__ import annotations

import re

from toolchain import docker

NAMES = re.compile(r"hacomponents-test-|conformance-[0-9a-f]{6}-")


def clear() -> None:
    """Remove it, after saying so. No other test may be running."""
    docker.remove(filter(is_of_tests, docker.objects()), "killed tests left it")


def is_of_tests(item: docker.Object) -> bool:
    """Whether an object is of a test."""
    return NAMES.match(item.name) is not None
