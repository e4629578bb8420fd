"""What the agent tells of a host."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from hacomponents.agent.procedures.push import apply
from hacomponents.agent.watch import status
from tests.agent.samples import text

if TYPE_CHECKING:
    from hacomponents.agent.host import Host


def test_status_tells_what_a_person_can_do(host: Host) -> None:
    """
    Each service comes with the commands that start it, restart it and show its log, in its supervisor's words.
    """
    apply(host, text(keepalived=False))

    told = json.loads(status(host))["services"]["nginx"]["by_hand"]

    log = f"tail {host.layout.logs}/nginx/current"
    assert {"start": "sv up nginx", "restart": "sv force-restart nginx", "log": log} == told
