"""What is in the way of `pulumi up` is told, nothing is half applied, and the next one goes on from there."""

from __future__ import annotations

import re
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from hacomponents.testing import Client
from hacomponents.testing.docker import docker
from tests.integration.docker.site import Site
from tests.integration.docker.stack import PulumiError, Stack

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

pytestmark = pytest.mark.integration

BASE = "debian:trixie-slim"


@pytest.fixture(scope="module")
def fresh(new_stack: Callable[[str], Stack], rails: Stack) -> Iterator[Stack]:
    """An empty stack beside the one of the other stories."""
    assert rails.name
    stack = new_stack("trouble")
    yield stack
    stack.destroy()


@contextmanager
def foreign_network(name: str, cidr: str) -> Iterator[None]:
    """A network that somebody else made."""
    docker("network", "create", "--subnet", cidr, name)
    try:
        yield
    finally:
        docker("network", "rm", name)


@contextmanager
def foreign_container(name: str) -> Iterator[None]:
    """A container that somebody else made."""
    docker("create", "--name", name, BASE, "true")
    try:
        yield
    finally:
        docker("rm", name)


def fails(stack: Stack) -> str:
    """`pulumi up` fails; all that it wrote."""
    with pytest.raises(PulumiError) as failed:
        stack.up()
    return str(failed.value)


def test_docker_is_down(fresh: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    Without a Docker daemon the preview already fails, and names the daemon.
    """
    monkeypatch.setenv("DOCKER_HOST", "unix:///nonexistent/docker.sock")

    with pytest.raises(PulumiError, match=r"(?i)docker daemon"):
        fresh.preview()


def test_network_name_is_taken(fresh: Stack) -> None:
    """
    A network of the same name that is not ours stops the stack before any container, and is left alone.
    """
    name = f"{fresh.name}-rails"
    with foreign_network(name, "10.205.250.0/24"):
        assert name in fails(fresh)
        assert "" == docker("ps", "--all", "--quiet", "--filter", f"name={fresh.name}-")


def test_subnet_is_taken(fresh: Stack) -> None:
    """
    A subnet that another network has stops the stack before any container.
    """
    with foreign_network(f"{fresh.name}-foreign", fresh.cidr):
        assert re.search("overlap|Address already in use", fails(fresh))


def test_image_does_not_build(fresh: Stack) -> None:
    """
    A package that does not exist stops the host that needs it, in apt's own words.
    """
    fresh.write(replace={"    processes=5,": '    processes=5,\n    packages=("ruby-railties", "no-such-package"),'})
    try:
        assert "no-such-package" in fails(fresh)
    finally:
        fresh.write()


def test_container_name_is_taken(fresh: Stack) -> None:
    """
    A container of the same name that is not ours stops the stack, and is left alone.
    """
    name = f"{fresh.name}-app-1"
    with foreign_container(name):
        assert name in fails(fresh)


def test_the_next_up_continues(fresh: Stack, site: Site) -> None:
    """
    With everything out of the way, `pulumi up` goes on, and two stacks of one architecture answer side by side.
    """
    fresh.up()

    with Client(f"{fresh.name}-client", f"{fresh.name}-rails") as client:
        client.succeeds(Site(fresh, client).url("/up"))
    site.client.succeeds(site.url("/up"))


def test_destroy_leaves_nothing(fresh: Stack) -> None:
    """
    `pulumi destroy` leaves no container and no network of the stack.
    """
    fresh.destroy()

    ours = f"label=hacomponents.stack={fresh.name}"
    assert "" == docker("ps", "--all", "--quiet", "--filter", ours)
    assert "" == docker("network", "ls", "--quiet", "--filter", ours)
