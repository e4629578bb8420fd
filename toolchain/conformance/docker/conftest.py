"""One plugin process, one Docker daemon, and objects that are gone in the end, whatever happens."""

from __future__ import annotations

import os
import secrets
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import pytest
from docker.errors import APIError

import docker
from toolchain.conformance.engine import Object, Plugin
from toolchain.setup import image as base_image

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from toolchain.plugins.docker.daemon import Api
    from toolchain.plugins.rpc.values import Values

Json: TypeAlias = Any
"""An answer of Docker's."""

CONTAINER = "docker:index/container:Container"
NETWORK = "docker:index/network:Network"
VOLUME = "docker:index/volume:Volume"
IMAGE = "docker:index/image:Image"
REMOTE_IMAGE = "docker:index/remoteImage:RemoteImage"
BASE = "debian:bookworm-slim"
ROOT = Path(__file__).parents[3]
# A process has addresses and ports of its own, so that two runs on one machine do not meet.
OWN = os.getpid() % 32 * 8


def net(place: int) -> str:
    """The first three numbers of a subnet /24, for a place from 0 to 7."""
    return f"10.203.{OWN + place}"


class World:
    """The daemon, and what a test run made there: all names start with the run's prefix.

    Args:
        api: Docker's API client.
    """

    def __init__(self, api: Api) -> None:
        self.api = api
        self.prefix = f"conformance-{secrets.token_hex(3)}"
        self._count = 0

    def name(self, of: str = "it") -> str:
        """A name that nothing has yet."""
        self._count += 1
        return f"{self.prefix}-{of}-{self._count}"

    def sleeper(self, **inputs: object) -> Values:
        """Inputs of a small container."""
        return {"name": self.name(), "image": BASE, "command": ["sleep", "3600"], **inputs}

    def inspect(self, container: Object) -> Json:
        """Docker's view of a container."""
        return self.api.inspect_container(container.id)

    def clear(self) -> None:
        """Remove all that was made."""
        for item in self.api.containers(all=True):
            if any(name.startswith(f"/{self.prefix}") for name in item["Names"]):
                self._quietly(self.api.remove_container, item["Id"], force=True, v=True)
        for network in self.api.networks():
            if network["Name"].startswith(self.prefix):
                self._quietly(self.api.remove_network, network["Id"])
        for volume in self.api.volumes()["Volumes"] or []:
            if volume["Name"].startswith(self.prefix):
                self._quietly(self.api.remove_volume, volume["Name"], force=True)
        # By name: an image may have other names, that are not ours.
        for tag in (tag for image in self.api.images() for tag in image["RepoTags"] or []):
            if tag.startswith(self.prefix):
                self._quietly(self.api.remove_image, tag)

    def _quietly(self, remove: Callable[..., object], *args: object, **options: object) -> None:
        try:
            remove(*args, **options)
        except APIError as error:
            sys.stderr.write(f"not removed: {error}\n")


@pytest.fixture(scope="session")
def world() -> Iterator[World]:
    """The daemon, with the image that the tests name; cleared at the end."""
    base_image.make("debian-12")
    world = World(docker.APIClient(version="auto"))
    yield world
    world.clear()


@pytest.fixture(scope="session")
def plugin(pointed_at: Path | None) -> Iterator[Plugin]:
    """The plugin under test, connected to the daemon."""
    ours = [sys.executable, "-m", "toolchain.plugins.docker"]
    command = [str(pointed_at / "pulumi-resource-docker")] if pointed_at else ours
    with Plugin(command, ROOT, {}) as plugin:
        yield plugin
