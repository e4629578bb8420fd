"""Fixtures of all tests."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest

from hacomponents.topology.platform import DEFAULT_PLATFORM
from tests.daemons import Lab, releases
from toolchain.setup import image

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--thorough`: all cases of the tests that take few of them by default; `--platform`: another release."""
    parser.addoption("--thorough", action="store_true", help="all cases of tests that take few of them by default")
    parser.addoption("--platform", help="release whose daemons check files, and that stories of releases run on")


@pytest.fixture(scope="session")
def thorough(request: pytest.FixtureRequest) -> bool:
    """Whether `--thorough` was asked for."""
    return bool(request.config.getoption("thorough"))


@pytest.fixture(scope="session")
def labs(request: pytest.FixtureRequest) -> Iterator[Mapping[str, Lab]]:
    """A container with the real daemons of each release, by its name."""
    with ExitStack() as stack:
        labs = {}
        for platform in releases(request.config):
            image.make(platform.name)
            labs[platform.name] = lab = Lab(platform)
            stack.callback(lab.stop)
            lab.start()
        yield labs


@pytest.fixture(scope="session")
def lab(labs: Mapping[str, Lab]) -> Lab:
    """The one of the release that hosts run by default, if there are several."""
    return labs.get(DEFAULT_PLATFORM.name) or next(iter(labs.values()))
