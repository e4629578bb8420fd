"""Fixtures of all tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.daemons import Lab

if TYPE_CHECKING:
    from collections.abc import Iterator


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--thorough`: all cases of the tests that take few of them by default."""
    parser.addoption("--thorough", action="store_true", help="all cases of tests that take few of them by default")


@pytest.fixture(scope="session")
def thorough(request: pytest.FixtureRequest) -> bool:
    """Whether `--thorough` was asked for."""
    return bool(request.config.getoption("thorough"))


@pytest.fixture(scope="session")
def lab() -> Iterator[Lab]:
    """A container with the real daemons."""
    lab = Lab()
    lab.start()
    yield lab
    lab.stop()
