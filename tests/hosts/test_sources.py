"""Where hosts come from: the stack's configuration says so."""

from __future__ import annotations

import runpy
from typing import TYPE_CHECKING

import pytest

from clone import architecture
from hacomponents import network
from hacomponents.docker import Network
from hacomponents.hosts.reach import AGENT
from hacomponents.hosts.sources import SOURCES
from tests.components.program import CONFIG, run
from tests.stacks import STACKS

if TYPE_CHECKING:
    from tests.components.program import Registration

ROLLED_OUT = ("-agent", "-secrets", "-push", "-settle")
"""Ends of the names of what is done on hosts."""


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
        "  hacomponents:hosts: must be one of docker (got 'dokcer'); "
        "name one of these, or go back to docker: pulumi config rm hacomponents:hosts"
    )
    assert {} == result.resources


@pytest.mark.parametrize("stack", STACKS)
def test_no_stack_says_where(stack: str) -> None:
    """
    The architectures leave it to the configuration.
    """
    assert "hacomponents.docker" not in architecture.program(stack).read_text()


@pytest.mark.parametrize("stack", STACKS)
def test_the_same_roll_out_anywhere(stack: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    One more place is one line. The same is done on each host, in the same order, under the same URNs.
    """
    monkeypatch.setitem(SOURCES, "namespaces", "tests.hosts.namespaces")

    found = rolled_out(stack, "docker")
    assert found == rolled_out(stack, "namespaces")
    assert {"-agent", "-push"} <= {urn[urn.rindex("-") :] for urn in found}


def rolled_out(stack: str, hosts: str) -> dict[str, tuple[object, ...]]:
    """What is done on the hosts of a stack, and how."""
    result = run(
        lambda: runpy.run_path(str(architecture.program(stack))), {**CONFIG, "hacomponents:hosts": hosts}, stack=stack
    )
    assert "" == result.error
    return {each.urn: told(each) for each in result.resources.values() if each.name.endswith(ROLLED_OUT)}


def told(step: Registration) -> tuple[object, ...]:
    """What runs at its begin and its end, what it waits for, and its options."""
    lines = [step.inputs.get(moment, "").rpartition(AGENT)[2] for moment in ("create", "delete")]
    waits = [name for name in step.dependencies if name.endswith(ROLLED_OUT)]
    how = "stdin" in step.inputs, step.inputs["logging"], len(step.inputs["triggers"])
    return *lines, waits, *how, step.delete_before_replace, step.aliases
