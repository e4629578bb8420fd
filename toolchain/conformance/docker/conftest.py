"""One plugin process, one Docker daemon, and objects that are gone in the end, whatever happens."""

from __future__ import annotations

import os
import secrets
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import docker
import pytest
from docker.errors import APIError

from toolchain.conformance.docker.driver import Driver, Object
from toolchain.plugins.rpc.values import Values

CONTAINER = "docker:index/container:Container"
NETWORK = "docker:index/network:Network"
VOLUME = "docker:index/volume:Volume"
IMAGE = "docker:index/image:Image"
REMOTE_IMAGE = "docker:index/remoteImage:RemoteImage"
# Folder with a `pulumi-resource-docker` to be held to the tables; unset: ours, from this source.
POINTED_AT = "HACOMPONENTS_CONFORMANCE_PLUGINS"
BASE = "debian:bookworm-slim"
ROOT = Path(__file__).parents[3]


class World:
    """The daemon, and what a test run made there: all names start with the run's prefix.

    Args:
        api: Docker's API client.
    """

    def __init__(self, api: Any) -> None:  # noqa: ANN401 - its stubs know only a part
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

    def inspect(self, container: Object) -> Any:  # noqa: ANN401 - Docker's JSON
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
        for image in self.api.images(f"{self.prefix}*"):
            self._quietly(self.api.remove_image, image["Id"], force=True)

    def _quietly(self, remove: Any, *args: object, **options: object) -> None:  # noqa: ANN401
        try:
            remove(*args, **options)
        except APIError as error:
            sys.stderr.write(f"not removed: {error}\n")


@pytest.fixture(scope="session")
def world() -> Iterator[World]:
    """The daemon; cleared at the end."""
    world = World(docker.APIClient(version="auto"))
    yield world
    world.clear()


@pytest.fixture(scope="session")
def command() -> list[str]:
    """What starts the plugin under test."""
    folder = os.environ.get(POINTED_AT)
    return [f"{folder}/pulumi-resource-docker"] if folder else [sys.executable, "-m", "toolchain.plugins.docker"]


@pytest.fixture(scope="session")
def plugin(command: list[str]) -> Iterator[Driver]:
    """The plugin under test, connected to the daemon."""
    with Driver(command, ROOT) as driver:
        driver.configure()
        yield driver
