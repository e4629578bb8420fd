"""One Rails HA stack for all stories, brought up once and destroyed at the end."""

from __future__ import annotations

import ipaddress
import os
import secrets
from typing import TYPE_CHECKING

import pytest

from hacomponents.testing import Client
from hacomponents.testing.docker import docker
from tests.integration.docker.site import Site
from tests.integration.docker.stack import Stack

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

RANGE = ipaddress.IPv4Network("10.205.0.0/16")


@pytest.fixture(scope="session")
def new_stack(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Stack]:
    """Makes an empty stack, by the beginning of its name."""

    def make(name: str) -> Stack:
        folder: Path = tmp_path_factory.mktemp(name)
        known = {
            "stats_password": secrets.token_hex(12),
            "secret_key_base": secrets.token_hex(32),
            "digest_key": secrets.token_hex(16),
            "auth_pass": secrets.token_hex(4),
        }
        stack = Stack(f"hacomponents-test-{name}-{os.getpid()}", folder, _free_cidr(), known)
        stack.create()
        return stack

    return make


@pytest.fixture(scope="session")
def rails(new_stack: Callable[[str], Stack]) -> Iterator[Stack]:
    """The stack `rails_ha`, up."""
    stack = new_stack("rails")
    try:
        stack.up()
        yield stack
    finally:
        stack.destroy()


@pytest.fixture(scope="session")
def _rails_site(rails: Stack) -> Iterator[Site]:
    with Client(f"{rails.name}-client", f"{rails.name}-rails") as client:
        yield Site(rails, client)


@pytest.fixture
def site(_rails_site: Site) -> Iterator[Site]:
    """The site of the stack, well before the story and after it."""
    _rails_site.heal()
    yield _rails_site
    _rails_site.heal()


def _free_cidr() -> str:
    """A subnet that no network of Docker has, by chance, since other tests may be choosing at the same moment."""
    template = "{{range .IPAM.Config}}{{.Subnet}} {{end}}"
    networks = docker("network", "ls", "--quiet", "--filter", "driver=bridge").split()
    subnets = docker("network", "inspect", "--format", template, *networks).split()
    taken = [ipaddress.IPv4Network(subnet) for subnet in subnets if ":" not in subnet]
    return secrets.choice([str(cidr) for cidr in RANGE.subnets(new_prefix=24) if not any(map(cidr.overlaps, taken))])
