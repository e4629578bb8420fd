"""The Rails article's first form (rails_single_lb): one haproxy, which nothing stands in for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.integration.docker.fresh import fresh_stack

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

    from tests.integration.docker.architecture import Architecture

pytestmark = pytest.mark.integration

WARNING = "warning: lb.hosts: nothing stands in for lb-1: when it fails, so does the site (got 1); give two hosts,"


@pytest.fixture(scope="module")
def site(deployed: Callable[[str], AbstractContextManager[Architecture]]) -> Iterator[Architecture]:
    """The stack `rails_single_lb`, up."""
    with deployed("rails_single_lb") as architecture:
        yield architecture


def test_a_preview_warns(tmp_path: Path) -> None:
    """
    A preview, also of a stack that is not up yet, says of the balancers' tier that nothing stands in for it, once, with
    the remedy, and goes on.
    """
    stack = fresh_stack("single-preview", tmp_path, architecture="rails_single_lb")

    told = stack.pulumi("preview", "--stack", stack.name).partition("Diagnostics:")[2]

    assert 1 == told.count(WARNING)
    assert "hacomponents:index:LoadBalancerTier (rails.lb):" == told.partition(WARNING)[0].splitlines()[-2].strip()
    assert 1 == stack.preview().output.count(WARNING)


def test_it_works(site: Architecture) -> None:
    """
    The site answers at its VIP: each of the five Thin servers behind the one balancer has its turn.
    """
    answers = [site.client.succeeds(f"http://{site.address(10)}/whoami").json() for _ in range(10)]

    assert {3000, 3001, 3002, 3003, 3004} == {answer["port"] for answer in answers}


def test_the_warning_is_true(site: Architecture) -> None:
    """
    Without its one balancer the site has no good answer, and has one again when that is back.
    """
    url = f"http://{site.address(10)}/up"
    balancer = site.host("lb-1")

    balancer.kill()
    assert "50" in site.client.fails(url)

    balancer.start()
    site.client.eventually(url, within=30)
