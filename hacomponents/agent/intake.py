"""Letting no new connection in before VIPs move on purpose, so that what is under way can finish.

A connection does not move with its VIP: this host cannot answer any more, and the client that waits for an answer
hears nothing. So the first packet of a new connection is dropped, not refused; its client sends it again after a
second, and it reaches the peer.
"""

import typing

from .machine import Machine, Result

TABLE = "ip hacomponents_intake"
REMOVE = f"add table {TABLE}; delete table {TABLE}"  # whether it is there or not
CLOSE = """\
{remove}; add table {table}; add chain {table} input {{ type filter hook input priority -300; }};
add rule {table} input ip daddr {{ {vips} }} tcp flags & (syn | ack) == syn drop
"""


class Intake:
    """The door for new TCP connections to VIPs: a table of nftables, gone with the power."""

    def __init__(self, machine: Machine) -> None:
        self._machine = machine

    def close(self, vips: typing.Sequence[str]) -> Result:
        """Let nobody new in at ``vips``. The result says whether this host can do that: it needs ``nft``."""
        return self._machine.attempt(["nft", CLOSE.format(remove=REMOVE, table=TABLE, vips=", ".join(vips))])

    def open(self) -> None:
        """Let everybody in. Not closed is fine, and so is a host without ``nft``."""
        self._machine.attempt(["nft", REMOVE])
