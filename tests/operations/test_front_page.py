"""What `make up` says at its end."""

from __future__ import annotations

import pytest

from hacomponents.operations.front_page import tell


@pytest.mark.parametrize(
    ("url", "command", "tunnel", "page"),
    [
        ("http://10.10.0.10/", "curl http://10.10.0.10/", "8080:10.10.0.10:80 ", "http://localhost:8080/"),
        ("http://10.10.0.10:81/a", "curl http://10.10.0.10:81/a", "8080:10.10.0.10:81 ", "http://localhost:8080/a"),
        ("https://10.10.0.10/", "curl --insecure https://10.10.0.10/", "8080:10.10.0.10:443 ", "https://localhost:8080/"),
    ],
)  # fmt: skip
def test_how_to_open_a_site(url: str, command: str, tunnel: str, page: str, capsys: pytest.CaptureFixture[str]) -> None:
    """
    The commands that open a site here and from afar go to its port, by its protocol.
    """
    tell("shop", url)

    answers, here, there, then = capsys.readouterr().err.strip().splitlines()
    assert f"shop answers at {url}" == answers
    assert here.endswith(f"  {command}")
    assert f"ssh -L {tunnel}" in there
    assert then.endswith(f"open {page}")
