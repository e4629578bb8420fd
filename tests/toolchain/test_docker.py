"""Objects of Docker that are ours."""

from __future__ import annotations

import os
import subprocess

import pytest

from toolchain.docker import Object, objects, remove
from toolchain.quality.leftovers import is_of_tests

PROJECT = "hacomponents"


def labels(stack: str, project: str = PROJECT) -> dict[str, str]:
    """The labels of a stack."""
    return {"hacomponents.project": project, "hacomponents.stack": stack}


@pytest.mark.parametrize(
    ("name", "given", "of_tests"),
    [
        ("test-rails-12-web-1", labels("test-rails-12"), True),
        ("client", {"hacomponents.testing": "client"}, True),
        ("conformance-a227e3-stack-6-web", {}, True),
        ("hacomponents-test-daemons-1", {}, True),
        ("rails_ha-web-1", labels("rails_ha"), False),
        ("test-web-1", labels("test-rails-12", "another"), False),
        ("test-web-1", {}, False),
        ("postgres", {"stack": "test-"}, False),
    ],
)
def test_what_is_of_tests(name: str, given: dict[str, str], *, of_tests: bool) -> None:
    """
    Tests' objects are known by what our tests call them; those of stacks, other projects and other people are not.
    """
    assert is_of_tests(Object("container", "1", name, given)) == of_tests


@pytest.mark.daemons
def test_a_stacks_objects_are_found_and_removed() -> None:
    """
    A container, its network and a volume with a stack's labels are found, and no others; they can be removed in the
    order of the list, though the container runs and is on the network.
    """
    stack = f"test-objects-{os.getpid()}"
    name = f"hacomponents-test-objects-{os.getpid()}"
    options = [f"--label={key}={value}" for key, value in labels(stack).items()]
    for command in (
        ["network", "create", "--internal", *options, name],
        ["volume", "create", *options, name],
        ["run", "--detach", *options, "--name", name, "--network", name, "debian:bookworm-slim", "sleep", "600"],
    ):
        subprocess.run(["docker", *command], check=True, stdout=subprocess.DEVNULL)
    ours = [item for item in objects() if item.of_stack(PROJECT, stack)]

    assert [str(item) for item in ours] == [f"container {name}", f"network {name}", f"volume {name}"]
    remove(ours, "the test is over")
    assert [item for item in objects() if item.name == name] == []
