"""Letting no new connection in before VIPs move on purpose, so that what is under way can finish.

A connection does not move with its VIP: this host cannot answer any more, and the client that waits for an answer
hears nothing. So the first packet of a new connection is dropped, not refused; its client sends it again after a
second, and it reaches the peer.
"""

import typing

from .machine import Machine, Result

REMOVE = "add table {table}; delete table {table}"  # whether it is there or not
CHAIN = "add table {table}; add chain {table} input {{ type filter hook input priority -300; }}"
DROP = "add rule {table} input {which} tcp flags & (syn | ack) == syn drop"


class Intake:
    """The door for new TCP connections: a table of nftables for each ``purpose``, gone with the power."""

    def __init__(self, machine: Machine, purpose: str = "intake") -> None:
        self._machine = machine
        self._table = f"inet hacomponents_{purpose}"

    def close(self, vips: typing.Sequence[str]) -> Result:
        """Let nobody new in at ``vips``. The result says whether this host can do that: it needs ``nft``."""
        return self._close(f"{'ip6' if ':' in vip else 'ip'} daddr {vip}" for vip in vips)

    def close_port(self, port: int) -> Result:
        """Let nobody new in at ``port``, of all addresses. The result is as for ``close``."""
        return self._close([f"tcp dport {port}"])

    def open(self) -> None:
        """Let everybody in. Not closed is fine, and so is a host without ``nft``."""
        self._machine.attempt(["nft", REMOVE.format(table=self._table)])

    def _close(self, which: typing.Iterable[str]) -> Result:
        rules = (DROP.format(table=self._table, which=each) for each in which)
        return self._machine.attempt(
            ["nft", "; ".join((REMOVE.format(table=self._table), CHAIN.format(table=self._table), *rules))]
        )
