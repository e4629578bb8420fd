"""`python -m tests.leftovers` removes what killed tests left in Docker, known by the names that our tests give."""

from __future__ import annotations

import re
import sys

from hacomponents.operations import docker_objects
from hacomponents.operations.errors import OperationFailed

NAMES = re.compile(r"hacomponents-test-|conformance-[0-9a-f]{6}-")


def is_of_tests(item: docker_objects.DockerObject) -> bool:
    """Whether an object is of a test."""
    return NAMES.match(item.name) is not None


if __name__ == "__main__":
    try:
        docker_objects.remove(filter(is_of_tests, docker_objects.objects()), "killed tests left it")
    except OperationFailed as error:
        sys.exit(str(error))
