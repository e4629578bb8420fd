"""Objects of Docker that are ours."""

from __future__ import annotations

import os
import subprocess

import pytest

from hacomponents.operations.docker_objects import DockerObject, objects, remove
from tests.leftovers import is_of_tests

PROJECT = "test"


@pytest.mark.parametrize(
    ("name", "of_tests"),
    [
        ("hacomponents-test-rails-12-web-1", True),
        ("conformance-a227e3-stack-6-web", True),
        ("rails_ha-web-1", False),
        ("hacomponents-testing", False),
        ("conformance-web", False),
        ("my-hacomponents-test-1", False),
    ],
)
def test_what_is_of_tests(name: str, *, of_tests: bool) -> None:
    """
    Tests' objects are known by the beginning of their names; those of stacks and of other people have another.
    """
    assert is_of_tests(DockerObject("container", "1", name, {})) == of_tests


@pytest.mark.daemons
def test_a_stacks_objects_are_found_and_removed() -> None:
    """
    A container, its network and a volume with a stack's labels are found, and no others; they can be removed in the
    order of the list, though the container runs and is on the network.
    """
    name = f"hacomponents-test-objects-{os.getpid()}"
    options = [f"--label=hacomponents.project={PROJECT}", f"--label=hacomponents.stack={name}"]
    for command in (
        ["network", "create", "--internal", *options, name],
        ["volume", "create", *options, name],
        ["run", "--detach", *options, "--name", name, "--network", name, "debian:trixie-slim", "sleep", "600"],
    ):
        subprocess.run(["docker", *command], check=True, stdout=subprocess.DEVNULL)
    ours = [item for item in objects() if item.of_stack(PROJECT, name)]

    assert [str(item) for item in ours] == [f"container {name}", f"network {name}", f"volume {name}"]
    remove(ours, "the test is over")
    assert [item for item in objects() if item.name == name] == []
