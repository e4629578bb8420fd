"""The `docker` command."""

from __future__ import annotations

import subprocess
from functools import cache

# A client machine: Python for the probes, nftables and iproute2 to cut networks.
DOCKERFILE = """\
FROM debian:trixie-slim
RUN apt-get update -q \\
 && DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends python3 nftables iproute2 \\
 && rm -rf /var/lib/apt/lists/*
"""
IMAGE = "hacomponents-testing"
BUILD = 900
"""Seconds that the build of an image may take, on a busy machine that fetches its packages; more is a hang."""


class DockerError(Exception):
    """The `docker` command failed; the text has the command and its own words."""


def docker(*arguments: str, stdin: str = "", timeout: float = 60) -> str:
    """Run `docker` to its end.

    Args:
        arguments: of the command.
        stdin: what it reads. Default: nothing.
        timeout: seconds until it is given up. Default: 60.

    Returns:
        What it wrote to standard output, without the last newline.

    Raises:
        DockerError: it failed, or was not done in time.
    """
    command = ["docker", *arguments]
    try:
        done = subprocess.run(command, input=stdin, capture_output=True, text=True, timeout=timeout, check=False)
    except subprocess.TimeoutExpired as error:
        message = f"$ {_shown(command)}    (not done after {timeout:g} s)"
        raise DockerError(message) from error
    if done.returncode:
        message = f"$ {_shown(command)}    (exit {done.returncode})\n{(done.stderr + done.stdout).strip()}"
        raise DockerError(message)
    return done.stdout.rstrip("\n")


def inspect(name: str, template: str) -> str:
    """One value of a container, by a Go template of `docker inspect`."""
    return docker("container", "inspect", "--format", template, name)


@cache
def image() -> str:
    """The name of the image that clients and helpers run; built once, then it comes from Docker's cache."""
    docker("build", "--quiet", "--tag", IMAGE, "-", stdin=DOCKERFILE, timeout=BUILD)
    return IMAGE


def _shown(command: list[str]) -> str:
    """The command on one line, with long arguments (programs) cut."""
    longest = 80
    return " ".join(word if len(word) <= longest else f"{word[:longest]!r}..." for word in command)
