"""Stacks that are up, and move to another size: what `pulumi preview` says will change."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.integration.docker.stack import changed_lines

if TYPE_CHECKING:
    from tests.integration.docker.site import Site

pytestmark = pytest.mark.integration


def test_five_to_six_servers(site: Site) -> None:
    """
    A sixth Thin server: the box gets one service more and lets the balancers in there, they get a line each; nothing
    else is touched.
    """
    site.stack.write(replace={"processes=5": "processes=6"})
    preview = site.stack.preview()
    (rule,) = [line for line in changed_lines(preview.output) if line.startswith("-")]

    assert {"update": {"app-1-push", "lb-1-push", "lb-2-push"}} == preview.touched
    assert re.fullmatch(r"- ip saddr \{.*\} tcp dport \{ 3000, 3001, 3002, 3003, 3004, 8011 \} accept", rule)
    assert 2 == sum("3005 cookie" in line for line in changed_lines(preview.output))


def test_a_second_box(site: Site) -> None:
    """
    A second application host: it is created with what belongs to it, and the balancers get its five lines.
    """
    site.stack.write(replace={'hosts("app", 1)': 'hosts("app", 2)'})
    preview = site.stack.preview()

    assert {
        "create": {"app-2", "app-2-agent", "app-2-app-data", "app-2-app-data-move", "app-2-secrets", "app-2-push"},
        "update": {"lb-1-push", "lb-2-push"},
    } == preview.touched
    assert 2 * 5 == len([line for line in changed_lines(preview.output) if re.match(r"\+ server app-2-", line)])
