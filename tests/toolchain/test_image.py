"""The base images that the set-up makes, where no registry has them."""

from __future__ import annotations

import pytest

from hacomponents.topology.platform import DEFAULT_PLATFORM, PLATFORMS
from toolchain.setup import image

DEBIANS = [name for name in PLATFORMS if name.startswith("debian-")]


@pytest.mark.parametrize("name", DEBIANS)
def test_each_debian_has_its_suite(name: str) -> None:
    """
    The set-up makes the image that hosts of the release are built from, under the same name.
    """
    assert PLATFORMS[name].image == f"debian:{image.SUITES[name]}-slim"


def test_no_suite_is_forgotten() -> None:
    """
    There is no suite but those of the releases that hosts may run; the one of the default is made beforehand.
    """
    assert DEBIANS == list(image.SUITES)
    assert DEFAULT_PLATFORM.name == image.DEFAULT
