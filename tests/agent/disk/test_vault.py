"""Secrets on a host."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from hacomponents.agent.errors import InvalidBundle, Rejected
from hacomponents.agent.procedures.push import apply
from tests.agent.samples import SECRET, document, text

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
        '{"secrets": {"stats": {"digest": "0123abcd", "value": "hush-hush\\r\\n"}}}',
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


KEY = "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQ\n-----END PRIVATE KEY-----\n"


def push_key(host: Host, content: str) -> Path:
    """Push a file with a token of a private key, which has several lines. Returns where the file is."""
    secrets = {**SECRET, "key": {"digest": "feedfeed", "value": KEY}}
    host.vault.put(json.dumps({"secrets": secrets}))
    bundle = document()
    bundle["files"]["/etc/nginx/site.key"] = {"content": content}
    bundle["secrets"]["key"] = "feedfeed"
    apply(host, json.dumps(bundle))
    return Path(host.layout.current + "/etc/nginx/site.key")


@pytest.mark.parametrize("end", ["", "\n"])
def test_a_secret_of_several_lines_is_a_file(host: Host, end: str) -> None:
    """
    A private key is put in place as it is, in a file of its own that only root can read.
    """
    file = push_key(host, "@@secret:key@@" + end)

    assert KEY + end == file.read_text()
    assert 0o600 == file.stat().st_mode & 0o777


@pytest.mark.parametrize("content", ["ssl_certificate_key @@secret:key@@;\n", "@@secret:key@@\n\n", "@@secret:key@@ "])
def test_a_secret_of_several_lines_among_other_text(host: Host, content: str) -> None:
    """
    A secret of several lines inside a configuration file is refused: its lines could be statements.
    """
    with pytest.raises(Rejected) as caught:
        push_key(host, content)

    assert "a secret of several lines must be all that its file has" in str(caught.value)
    assert "key in /etc/nginx/site.key" in str(caught.value)
    assert "MC4C" not in str(caught.value)


def test_values_that_no_release_names_are_forgotten(host: Host) -> None:
    """
    After a push, the values of the releases that are kept are on the host, and no others.
    """
    host.vault.put(json.dumps({"secrets": {"old": {"digest": "feedfeed", "value": "x"}}}))

    apply(host, text())

    assert [f"stats.{SECRET['stats']['digest']}"] == [path.name for path in Path(host.layout.secrets).iterdir()]
