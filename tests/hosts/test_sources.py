"""Where hosts come from: the stack's configuration says so."""

from __future__ import annotations

import pytest

from hacomponents import network
from hacomponents.docker import Network
from tests.components.program import CONFIG, run
from tests.stacks import STACKS
from toolchain.stack import architecture


@pytest.mark.parametrize("config", [{}, {"hacomponents:hosts": "docker"}])
def test_containers_by_default(config: dict[str, str]) -> None:
    """
    Hosts are containers, unless the configuration says otherwise; and where it says so.
    """
    made: list[object] = []
    run(lambda: made.append(network("rails", cidr="10.10.0.0/24")), config)

    assert [Network] == [type(each) for each in made]


def test_hosts_from_nowhere() -> None:
    """
    A place that is not known is refused, with those that are; nothing is registered.
    """
    result = run(lambda: network("rails", cidr="10.10.0.0/24"), {**CONFIG, "hacomponents:hosts": "dokcer"})

    assert result.error == (
        "rails: 1 problem; nothing was changed\n"
        "  hacomponents:hosts: must be one of docker (got 'dokcer'); run: pulumi config set hacomponents:hosts docker"
    )
    assert {} == result.resources


@pytest.mark.parametrize("stack", STACKS)
def test_no_stack_says_where(stack: str) -> None:
    """
    The architectures leave it to the configuration.
    """
    assert "hacomponents.docker" not in architecture.program(stack).read_text()
