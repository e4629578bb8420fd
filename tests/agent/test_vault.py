"""Secrets on a host."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from hacomponents.agent.errors import InvalidBundle
from hacomponents.agent.push import apply
from tests.agent.samples import SECRET, text

if TYPE_CHECKING:
    from hacomponents.agent.host import Host


def test_a_value_is_for_root_only(host: Host) -> None:
    """
    A secret's file is named by its digest, and it and its folder are closed to everybody but root.
    """
    folder = Path(host.layout.secrets)
    file = folder / f"stats.{SECRET['stats']['digest']}"

    assert SECRET["stats"]["value"] == file.read_text()
    assert (0o600, 0o700) == (file.stat().st_mode & 0o777, folder.stat().st_mode & 0o777)


@pytest.mark.parametrize(
    "document",
    [
        "hush-hush",
        '["hush-hush"]',
        '{"secrets": "hush-hush"}',
        '{"secrets": {"stats": "hush-hush"}}',
        '{"secrets": {"stats": {"value": "hush-hush"}}}',
        '{"secrets": {"stats": {"digest": "0123abcd", "value": "hush-hush\\n"}}}',
        '{"secrets": {"stats": {"digest": "0123abcd", "value": ["hush-hush"]}}}',
    ],
)
def test_a_wrong_document_is_refused_without_its_secrets(host: Host, document: str) -> None:
    """
    What is no document of secrets is refused, and its words are not repeated.
    """
    with pytest.raises(InvalidBundle) as caught:
        host.vault.put(document)

    assert "hush" not in str(caught.value)


def test_values_that_no_release_names_are_forgotten(host: Host) -> None:
    """
    After a push, the values of the releases that are kept are on the host, and no others.
    """
    host.vault.put(json.dumps({"secrets": {"old": {"digest": "feedfeed", "value": "x"}}}))

    apply(host, text())

    assert [f"stats.{SECRET['stats']['digest']}"] == [path.name for path in Path(host.layout.secrets).iterdir()]
