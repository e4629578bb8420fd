"""What a stack's configuration gets by itself."""

from __future__ import annotations

import pytest

from clone import architecture
from tests.stacks import STACKS, declared
from toolchain.clone import project


@pytest.mark.parametrize("name", STACKS)
def test_secrets_of_an_architecture(name: str) -> None:
    """
    With nothing but the secrets that are made for it, an architecture's program has no problem.
    """
    made = architecture.fresh_secrets(name)

    site = declared(name, {f"{project()}:{key}": value for key, value in made.items()})

    assert site.tiers


def test_secrets_are_random() -> None:
    """
    Two stacks of an architecture have no secret in common, and each is longer than can be guessed.
    """
    first, second = (architecture.fresh_secrets("rails_ha") for _ in range(2))

    assert ["digest_key", "secret_key_base", "stats_password"] == list(first) == list(second)
    assert set() == set(first.values()) & set(second.values())
    assert min(map(len, first.values())) >= 24


def test_an_unknown_architecture() -> None:
    """
    One that is unknown, which the program tells, is given the key of digests alone.
    """
    assert ["digest_key"] == list(architecture.fresh_secrets("../rails_ha"))


def test_names() -> None:
    """
    The architectures of the toolchain are those of the program.
    """
    assert list(STACKS) == architecture.names()
