"""What an independent analyser of nginx's configurations (gixy-ng) says of every golden nginx.conf."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.daemons import filled
from tests.golden.files import STACKS, recorded

if TYPE_CHECKING:
    from pathlib import Path

CONFIG = "/etc/nginx/nginx.conf"
OF_OPENSSL = "HIGH ssl_ecdh_curve: Group(s) X25519MLKEM768 are post-quantum hybrids that only exist in OpenSSL 3.5+"
"""What it cannot know: the platform says that OpenSSL is new enough, and the real nginx reads the file elsewhere."""


def issues(file: Path) -> list[str]:
    """The problems that it finds, of every severity, by the names of its checks."""
    # No includes: the one there is, of media types, is Debian's, and not on this machine.
    command = [sys.executable, "-m", "gixy", "--disable-includes", "--format", "json", str(file)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    found = [f"{issue['severity']} {issue['plugin']}: {issue['reason']}" for issue in json.loads(done.stdout)]
    return [issue for issue in found if not issue.startswith(OF_OPENSSL)]


@pytest.mark.parametrize("stack", STACKS)
def test_golden_files(stack: str, tmp_path: Path) -> None:
    """
    It finds nothing, of whatever severity.
    """
    file = tmp_path / "nginx.conf"
    for name, text in recorded(stack).items():
        if name.endswith(CONFIG):
            file.write_text(filled(text))
            assert [] == issues(file), name


def test_it_finds_what_is_wrong(tmp_path: Path) -> None:
    """
    The analyser itself works: a Host header that the client forges is a problem of at least medium severity.
    """
    file = tmp_path / "nginx.conf"
    file.write_text(
        "events {}\nhttp { server { location / { proxy_pass http://a; proxy_set_header Host $http_host; } } }\n"
    )

    assert any(issue.startswith(("MEDIUM", "HIGH")) and "host_spoofing" in issue for issue in issues(file))
