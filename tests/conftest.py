"""Fixtures of all tests."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest

from hacomponents.topology.platform import DEFAULT_PLATFORM, PLATFORMS
from tests.daemons import RELEASES, Lab
from toolchain.setup import image

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from hacomponents.topology.platform import Platform


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--thorough`: all cases of the tests that take few of them by default; `--platform`: another release."""
    parser.addoption("--thorough", action="store_true", help="all cases of tests that take few of them by default")
    parser.addoption("--platform", help="release whose daemons check files, and that stories of releases run on")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test of a `platform` runs for each release that there is a lab of."""
    if "platform" in metafunc.fixturenames:
        metafunc.parametrize("platform", _releases(metafunc.config), ids=lambda platform: platform.name)


def _releases(config: pytest.Config) -> tuple[Platform, ...]:
    asked = config.getoption("platform")
    return (PLATFORMS[asked],) if asked else RELEASES


@pytest.fixture(scope="session")
def thorough(request: pytest.FixtureRequest) -> bool:
    """Whether `--thorough` was asked for."""
    return bool(request.config.getoption("thorough"))


@pytest.fixture(scope="session")
def labs(request: pytest.FixtureRequest) -> Iterator[Mapping[str, Lab]]:
    """A container with the real daemons of each release, by its name."""
    with ExitStack() as stack:
        labs = {}
        for platform in _releases(request.config):
            image.make(platform.name)
            labs[platform.name] = lab = Lab(platform)
            stack.callback(lab.stop)
            lab.start()
        yield labs


@pytest.fixture(scope="session")
def lab(labs: Mapping[str, Lab]) -> Lab:
    """The one of the release that hosts run by default, if there are several."""
    return labs.get(DEFAULT_PLATFORM.name) or next(iter(labs.values()))
