"""Stacks that are brought up once, for all stories of a module or of the session, and destroyed at the end."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from hacomponents.testing import Client
from tests.integration.docker.architecture import Architecture, brought_up
from tests.integration.docker.fresh import fresh_stack
from tests.integration.docker.site import Site
from tests.integration.docker.tier import Tier

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

    from tests.integration.docker.stack import Stack


@pytest.fixture(scope="session")
def new_stack(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Stack]:
    """Makes an empty stack, by the beginning of its name."""

    def make(name: str) -> Stack:
        return fresh_stack(name, tmp_path_factory.mktemp(name))

    return make


@pytest.fixture(scope="session")
def deployed(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], AbstractContextManager[Architecture]]:
    """Brings an architecture up by the name of its module, for as long as the context lasts."""

    @contextmanager
    def deploy(name: str) -> Iterator[Architecture]:
        stack = fresh_stack(name.replace("_", "-"), tmp_path_factory.mktemp(name), architecture=name)
        with brought_up(stack) as client:
            yield Architecture(stack, client)

    return deploy


@pytest.fixture(scope="session")
def rails(new_stack: Callable[[str], Stack]) -> Iterator[Stack]:
    """The stack `rails_ha`, up."""
    stack = new_stack("rails")
    try:
        stack.up()
        yield stack
    finally:
        stack.destroy()


@pytest.fixture(scope="session")
def _rails_site(rails: Stack) -> Iterator[Site]:
    with Client(f"{rails.name}-client", f"{rails.name}-rails") as client:
        yield Site(rails, client)


@pytest.fixture
def site(_rails_site: Site) -> Iterator[Site]:
    """The site of the stack, well before the story and after it."""
    _rails_site.heal()
    yield _rails_site
    _rails_site.heal()


@pytest.fixture(params=["web", "lb"])
def tier(request: pytest.FixtureRequest, site: Site) -> Tier:
    """Both tiers with a VIP, one after the other."""
    return Tier(site, request.param)
