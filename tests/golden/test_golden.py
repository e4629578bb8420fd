"""Whole files of every host of every stack."""

from __future__ import annotations

import pytest

from tests.golden.files import STACKS, all_rendered, recorded, rendered
from tests.hash_seed import elsewhere


@pytest.mark.parametrize("stack", STACKS)
def test_files(stack: str) -> None:
    """
    Every file of every host is as recorded; after a change of templates, `make goldens` records anew for review.
    """
    assert recorded(stack) == rendered(stack)


def test_same_bytes() -> None:
    """
    Every stack rendered in a process whose sets have another order gives the same bytes.
    """
    assert {stack: recorded(stack) for stack in STACKS} == elsewhere(all_rendered)
