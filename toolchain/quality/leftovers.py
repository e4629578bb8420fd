"""What killed tests left in Docker, known by the names and labels that our tests give."""

from __future__ import annotations

import re

from toolchain import docker
from toolchain.clone import project

NAMES = re.compile(r"conformance-[0-9a-f]{6}-|hacomponents-test-")
STACKS = "test-"
"""What the names of stacks under test begin with."""


def clear() -> None:
    """Remove it, after saying so. No other test may be running."""
    docker.remove(filter(is_of_tests, docker.objects()), "killed tests left it")


def is_of_tests(item: docker.Object) -> bool:
    """Whether an object is of a test."""
    stack = item.labels.get("hacomponents.stack", "")
    return (
        NAMES.match(item.name) is not None
        or "hacomponents.testing" in item.labels
        or (stack.startswith(STACKS) and item.of_stack(project(), stack))
    )
