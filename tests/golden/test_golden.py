"""Whole files of every host of every stack."""

from __future__ import annotations

import pytest

from tests.golden.files import STACKS, recorded, rendered


@pytest.mark.parametrize("stack", STACKS)
def test_files(stack: str) -> None:
    """
    Every file of every host is as recorded; after a change of templates, `make goldens` records anew for review.
    """
    assert recorded(stack) == rendered(stack)


@pytest.mark.parametrize("stack", STACKS)
def test_same_bytes(stack: str) -> None:
    """
    The same stack rendered twice gives the same bytes.
    """
    assert rendered(stack) == rendered(stack)
