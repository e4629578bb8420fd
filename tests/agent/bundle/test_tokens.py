"""Tokens in files."""

from __future__ import annotations

import pytest

from hacomponents.agent.bundle.tokens import Values


def values(open_files: int = 1_000_000, processors: int = 8) -> Values:
    """Values of a release."""
    secrets = {"pass": "hush", "longer": "hush-hush"}
    return Values("/releases/0123", {"nginx": "abcd"}, secrets, open_files, processors)


@pytest.mark.parametrize(
    ("text", "expanded"),
    [
        ("router_id @@digest:nginx@@;", "router_id abcd;"),
        ("include @@root@@/etc/x;", "include /releases/0123/etc/x;"),
        ("auth @@secret:pass@@ @@secret:longer@@", "auth hush hush-hush"),
        ("maxconn @@maxconn:10000@@", "maxconn 10000"),
        ("worker_rlimit_nofile @@open_files:8192@@;", "worker_rlimit_nofile 8192;"),
        ("nbthread @@threads:8@@", "nbthread 8"),
        ("a@@b", "a@@b"),
    ],
)
def test_tokens_are_replaced(text: str, expanded: str) -> None:
    """
    A token is replaced by its value; two at-signs alone are text.
    """
    assert expanded == values().expand(text)


def test_maxconn_fits_the_limit_of_open_files() -> None:
    """
    With a hard limit of 20,000 files haproxy gets 9,950 connections, and the push says why.
    """
    limited = values(open_files=20_000)

    assert "9950" == limited.expand("@@maxconn:10000@@")
    assert [
        "maxconn lowered from 10000 to 9950: 10000 connections need 20100 open files, the hard limit here is 20000"
    ] == limited.lowered


def test_threads_have_a_processor_each() -> None:
    """
    On two processors haproxy gets two threads of the 38 that are wished for, since more is a warning from 3.0 on.
    """
    small = values(processors=2)

    assert "nbthread 2" == small.expand("nbthread @@threads:38@@")
    assert ["nbthread lowered from 38 to 2, the processors of this host"] == small.lowered


def test_a_process_may_open_what_the_host_allows() -> None:
    """
    A wish for open files above the hard limit becomes the limit, which nginx could not raise.
    """
    assert "4096" == values(open_files=4096).expand("@@open_files:8192@@")


def test_servers_take_files_besides_connections() -> None:
    """
    Each server's two checks have a file: with 46 of them haproxy, which would not start with 9,950, gets 9,904.
    """
    servers = "".join(f"    server app-{number} 10.0.0.{number}:3000 cookie app-{number}\n" for number in range(46))

    expanded = values(open_files=20_000).expand(f"maxconn @@maxconn:10000@@\n{servers}")

    assert f"maxconn 9904\n{servers}" == expanded


def test_secrets_are_taken_out_of_a_daemons_words() -> None:
    """
    A secret that contains another is replaced whole.
    """
    assert "near @@secret:longer@@ and @@secret:pass@@" == values().redact("near hush-hush and hush")


def test_lines_of_a_secret_are_taken_out_of_a_daemons_words() -> None:
    """
    Of a private key, every line that says something is replaced, and what frames it is not.
    """
    key = "-----BEGIN PRIVATE KEY-----\nMIGHAgEAMBMGByqGSM49\nAgEGCCqGSM49AwEHBG0w\nawIB\n-----END PRIVATE KEY-----\n"
    values = Values("/releases/0123", {}, {"key": key}, 1_000_000, 8)

    said = values.redact("bad: AgEGCCqGSM49AwEHBG0w after -----BEGIN PRIVATE KEY----- MIGHAgEAMBMGByqGSM49")

    assert "bad: @@secret:key@@ after -----BEGIN PRIVATE KEY----- @@secret:key@@" == said
