"""Which Docker daemon the commands of a stack ask: the one that its state says has its containers."""

from __future__ import annotations

from typing import Any

import pytest

from hacomponents.operations.daemon import recorded

CONTAINER = "docker:index/container:Container"
URN = "urn:pulumi:shop::shop::pulumi:providers:docker::"
BOX = "ssh://root@box"


def deployment(*settings: dict[str, str]) -> dict[str, Any]:
    """A state with two containers of each provider."""
    providers = [
        {"type": "pulumi:providers:docker", "urn": f"{URN}{index}", "id": f"id-{index}", "inputs": inputs}
        for index, inputs in enumerate(settings)
    ]
    containers = [{"type": CONTAINER, "provider": f"{each['urn']}::{each['id']}"} for each in providers]
    # One that nothing is of any more.
    unused = {"type": "pulumi:providers:docker", "urn": f"{URN}old", "id": "id-old", "inputs": {"host": "tcp://old"}}
    return {"resources": [unused, *providers, *containers, *containers]}


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ([], []),
        ([{"version": "5.2.0"}], [{}]),
        ([{"host": BOX}], [{"DOCKER_HOST": BOX}]),
        ([{"host": BOX}, {"host": BOX, "version": "5.2.0"}], [{"DOCKER_HOST": BOX}]),
        ([{"host": BOX, "context": "box"}], [{"DOCKER_CONTEXT": "box"}]),
        ([{"host": BOX, "certPath": "/c"}], [{"DOCKER_HOST": BOX, "DOCKER_CERT_PATH": "/c", "DOCKER_TLS_VERIFY": "1"}]),
        ([{"host": BOX}, {}], [{"DOCKER_HOST": BOX}, {}]),
    ],
)
def test_where_a_states_containers_are(settings: list[dict[str, str]], expected: list[dict[str, str]]) -> None:
    """
    Providers that containers are of tell, each once; others do not matter.
    """
    assert expected == recorded(deployment(*settings))


def test_no_state() -> None:
    """
    A stack that was never up has no daemon yet.
    """
    assert [] == recorded({})
