"""Images of the benchmarks: the library's own, and a client with a load generator."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hacomponents.hosts.docker.build_context import build_context
from hacomponents.testing.docker import docker

if TYPE_CHECKING:
    from collections.abc import Sequence

BUILD = 900
"""Seconds for an image, where nothing is in Docker's cache."""
CLIENT = """\
FROM debian:trixie-slim
RUN apt-get update -q \\
 && DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends wrk \\
 && rm -rf /var/lib/apt/lists/*
"""


def role_image(role: str, packages: Sequence[str]) -> str:
    """The name of a role's image, built as the library builds it.

    Args:
        role: such as web.
        packages: of its bundle.
    """
    name = f"hacomponents-bench-{role}"
    docker("build", "--quiet", "--tag", name, "--build-arg", f"PACKAGES={' '.join(packages)}", build_context(),
           timeout=BUILD)  # fmt: skip
    return name


def client_image() -> str:
    """The name of the image that makes the load."""
    name = "hacomponents-bench-client"
    docker("build", "--quiet", "--tag", name, "-", stdin=CLIENT, timeout=BUILD)
    return name
