"""Fixtures of all tests."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest

from hacomponents.topology.platform import DEFAULT_PLATFORM
from tests.daemons import RELEASES, Lab

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--thorough`: all cases of the tests that take few of them by default."""
    parser.addoption("--thorough", action="store_true", help="all cases of tests that take few of them by default")


@pytest.fixture(scope="session")
def thorough(request: pytest.FixtureRequest) -> bool:
    """Whether `--thorough` was asked for."""
    return bool(request.config.getoption("thorough"))


@pytest.fixture(scope="session")
def labs() -> Iterator[Mapping[str, Lab]]:
    """A container with the real daemons of each release, by its name."""
    with ExitStack() as stack:
        labs = {}
        for platform in RELEASES:
            labs[platform.name] = lab = Lab(platform)
            stack.callback(lab.stop)
            lab.start()
        yield labs


@pytest.fixture(scope="session")
def lab(labs: Mapping[str, Lab]) -> Lab:
    """The one of the release that hosts run by default."""
    return labs[DEFAULT_PLATFORM.name]
