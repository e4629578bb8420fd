"""Firewalls that are refused: one line a rule, with its exact message."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from hacomponents import Firewall
from tests.topology.declare import told
from tests.topology.sites import change, rails

if TYPE_CHECKING:
    from collections.abc import Mapping

# ruff: noqa: E501  # messages are whole, so that they can be searched for

REFUSED: Mapping[str, tuple[dict[str, Any], str]] = {
    "firewall_is_a_word": (
        change(firewall="on"),
        "network rails.firewall: must be a Firewall, or None for none (got 'on'); write Firewall(management=[...])",
    ),
    "management_is_a_string": (
        change(firewall=Firewall(management="10.0.0.0/8")),
        "network rails.firewall.management: must be a list of addresses and subnets (got '10.0.0.0/8'); write [\"10.10.0.0/24\"]",
    ),
    "management_with_host_bits": (
        change(firewall=Firewall(management=["10.0.0.1/8"])),
        "network rails.firewall.management[0]: must be an address or a subnet such as 10.10.0.0/24 (got '10.0.0.1/8'); correct it",
    ),
    "management_with_a_rule": (
        change(firewall=Firewall(management=["10.0.0.1 } accept"])),
        "network rails.firewall.management[0]: must be an address or a subnet such as 10.10.0.0/24 (got '10.0.0.1 } accept'); correct it",
    ),
    "clients_by_name": (
        change(firewall=Firewall(clients=["0.0.0.0/0", "office"])),
        "network rails.firewall.clients[1]: must be an address or a subnet such as 10.10.0.0/24 (got 'office'); correct it",
    ),
}


@pytest.mark.parametrize(("keywords", "message"), REFUSED.values(), ids=REFUSED)
def test_refused(keywords: dict[str, Any], message: str) -> None:
    """
    A bad input is refused with path, rule, value and remedy.
    """
    assert f"rails: 1 problem; nothing was changed\n  {message}" == told(lambda: rails(**keywords))
