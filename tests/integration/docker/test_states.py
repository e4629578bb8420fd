"""What today's code would do to stacks that an earlier release brought up."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.fixtures.recording import STATES, bring_in, recorded_stack, state_file
from tests.integration.docker.plan import surprises

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from tests.integration.docker.plan import Changes
    from tests.integration.docker.stack import Stack

pytestmark = pytest.mark.integration

RELEASE = "4d7112b"
PACKAGES = ("ruby-railties", "ruby-activerecord", "ruby-sqlite3", "tzdata")
EVERYWHERE: Changes = {
    # Images are built from a copy of the same files: of whose id a preview does not know yet that it will be the same.
    "update": "*-image",
    # What hangs on that id. Hosts of applications are replaced, for their volumes.
    "replace": "*-[0-9] *-agent *-secrets *-push *-settle",
    # What applications keep.
    "create": "*-data *-data-move",
}
"""What happens in each stack, beside its own row; see `surprises` for the form."""
CHANGES: Mapping[str, Changes] = {
    "complex_active_standby": {},
    "rails_cached": {},
    "rails_colocated": {},
    "rails_ha": {},
    "rails_lb_by_nginx": {},
    "rails_passenger": {},
    "rails_single_lb": {},
    "simple_active_standby": {},
    "one_nginx": {},
    "shared_hosts": {},
}


def test_each_state_has_its_row() -> None:
    """
    No state is kept that nobody looks at.
    """
    assert {state_file(RELEASE, name) for name in CHANGES} == set(STATES.glob(f"{RELEASE}/*"))


def recorded(name: str, folder: Path) -> Stack:
    """A stack with the state that the release left, which knew Debian 12 alone."""
    stack = recorded_stack(name, folder)
    bring_in(stack, state_file(RELEASE, name))
    stack.pulumi("config", "set", "--stack", stack.name, "hacomponents:platform", "debian-12")
    return stack


@pytest.mark.parametrize("name", CHANGES)
def test_an_earlier_state(name: str, tmp_path: Path) -> None:
    """
    Of a stack that the release brought up, today's code would change what the table says, and nothing else.
    """
    found = surprises(recorded(name, tmp_path).preview(), CHANGES[name], EVERYWHERE)
    assert not found, "\n".join([name, *found])


def test_one_host_becomes_a_pair(tmp_path: Path) -> None:
    """
    A second host and a VIP are created beside the one that serves, which is the same one under its new name.
    """
    stack = recorded("one_nginx", tmp_path)
    stack.pulumi("config", "set", "--stack", stack.name, "hacomponents:grown", "true")

    assert [] == surprises(stack.preview(), {"create": "web-2 web-2-* web-vip web-vip-settle"}, EVERYWHERE)


def test_what_changes_is_told(tmp_path: Path) -> None:
    """
    One more package for the application: its image is another one, of whose id a preview does not know yet that it will
    be so; what is on those hosts goes with them. What a table leaves out is told with the reason.
    """
    stack = recorded("one_nginx", tmp_path)
    program = stack.project / stack.program
    program.write_text(program.read_text().replace("    processes=1,", f"    processes=1,\n    packages={PACKAGES},"))

    preview = stack.preview()

    assert [] == surprises(preview, {"update": "app-image", "replace": "app-1"}, EVERYWHERE)
    image = next(words for words in surprises(preview, {}) if words.startswith("app-1:"))
    assert re.search(r"^    image: sha256:\w+ -> \(known after the change\)$", image, re.MULTILINE)
