"""Adverts of both hosts of a pair go the same way, also while the way changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.agent import real_time
from tests.agent.boxes import VIP, boxes
from tests.agent.lone_pair import bundle, ordered, push, watch

if TYPE_CHECKING:
    from tests.agent.boxes import Box

pytestmark = pytest.mark.daemons

REJECTED = 3


def test_adverts_that_would_go_another_way() -> None:
    """
    The holder's adverts go by multicast, as those of a VIP on a named interface did: a standby that would not hear them
    any more is left as it is, and the VIP stays on one host.
    """
    with boxes(2) as machines:
        for box in reversed(machines):
            real_time.give(box.name)
            push(box, replace=(unicast(box), ""))
        holder, standby = ordered(machines)
        with watch(machines) as seen:
            status, words = standby.agent("apply", stdin=bundle(standby))

    assert status == REJECTED, words
    assert f"{VIP}: adverts would change, and be on two hosts until both know; take the VIP out" in words
    assert [(holder.name,)] == [move.holders for move in seen.moves]


def unicast(box: Box) -> str:
    """What this release has in a bundle beyond one that sends its adverts by multicast."""
    lines = [f"unicast_src_ip {box.address}", "unicast_peer {", f"    {box.peer}", "}", "unicast_fault_no_peer"]
    text = "".join(f"    {line}\\n" for line in [*lines, "track_src_ip"])
    assert text in bundle(box)
    return text
