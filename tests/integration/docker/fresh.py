"""Stacks that meet no other: a name, a subnet and secrets of their own."""

from __future__ import annotations

import ipaddress
import os
import secrets
from typing import TYPE_CHECKING

from clone.architecture import fresh_secrets
from hacomponents.testing.docker import docker
from tests.integration.docker.stack import Stack

if TYPE_CHECKING:
    from pathlib import Path

RANGE = ipaddress.IPv4Network("10.205.0.0/16")


def fresh_stack(name: str, folder: Path, *, architecture: str = "rails_ha", prefix: int = 24) -> Stack:
    """Make an empty stack.

    Args:
        name: what its name begins with, after that of our tests.
        folder: of its project and its state.
        architecture: module under `stacks/`. Default: rails_ha.
        prefix: of its subnet. Default: 24.
    """
    # Stories change a dialect to the articles' VRRP, which wants a password.
    known = {"auth_pass": secrets.token_hex(4), **fresh_secrets(architecture)}
    stack = Stack(f"hacomponents-test-{name}-{os.getpid()}", folder, free_cidr(prefix), known, architecture)
    stack.create()
    return stack


def free_cidr(prefix: int = 24) -> str:
    """A subnet that no network of Docker has, by chance, since other tests may be choosing at the same moment."""
    template = "{{range .IPAM.Config}}{{.Subnet}} {{end}}"
    networks = docker("network", "ls", "--quiet", "--filter", "driver=bridge").split()
    subnets = docker("network", "inspect", "--format", template, *networks).split()
    taken = [ipaddress.IPv4Network(subnet) for subnet in subnets if ":" not in subnet]
    free = [str(cidr) for cidr in RANGE.subnets(new_prefix=prefix) if not any(map(cidr.overlaps, taken))]
    return secrets.choice(free)
