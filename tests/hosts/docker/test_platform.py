"""Which release the containers of a stack are made from."""

from __future__ import annotations

import json

import pytest

from hacomponents import MemcachedTier
from hacomponents.docker import Network
from tests.components.program import CONFIG, Run, run

CIDR = "10.10.0.0/24"
SAID = "hacomponents:platform"


def made(config: dict[str, str], platform: str = "") -> Run:
    """What a program of one host registers."""

    def program() -> None:
        net = Network("rails", cidr=CIDR, platform=platform)
        MemcachedTier("pages", hosts=net.hosts("pages", 1))

    return run(program, {**CONFIG, **config})


@pytest.mark.parametrize(
    ("config", "said", "base", "platform"),
    [
        ({}, "", "debian:trixie-slim", "debian-13"),
        ({SAID: "debian-12"}, "", "debian:bookworm-slim", "debian-12"),
        ({}, "debian-12", "debian:bookworm-slim", "debian-12"),
        ({SAID: "debian-12"}, "debian-13", "debian:trixie-slim", "debian-13"),
        ({SAID: "ubuntu-24.04"}, "", "ubuntu:24.04", "ubuntu-24.04"),
    ],
)
def test_the_release_of_containers(config: dict[str, str], said: str, base: str, platform: str) -> None:
    """
    The program's word comes before the configuration's; image and bundle are of the same release.
    """
    found = made(config, said)

    assert base == found.of_host("pages-image").inputs["build"]["args"]["BASE"]
    assert platform == json.loads(found.of_host("pages-1-push").inputs["stdin"])["platform"]


def test_a_release_that_nobody_knows() -> None:
    """
    It is refused, with those that there are.
    """
    rule = "must be one of debian-12, debian-13, debian-14, ubuntu-24.04"

    assert f"network rails.platform: {rule} (got 'debian-11')" in made({SAID: "debian-11"}).error
