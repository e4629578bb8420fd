"""Letting no new connection in before VIPs move on purpose, so that what is under way can finish.

A connection does not move with its VIP: this host cannot answer any more, and the client that waits for an answer
hears nothing. So the first packet of a new connection is dropped, not refused; its client sends it again after a
second, and it reaches the peer.
"""

import typing

from .machine import Machine, Result

TABLE = "inet hacomponents_intake"
REMOVE = f"add table {TABLE}; delete table {TABLE}"  # whether it is there or not
CHAIN = f"add table {TABLE}; add chain {TABLE} input {{ type filter hook input priority -300; }}"
RULE = f"add rule {TABLE} input %s tcp flags & (syn | ack) == syn %s"
DROP, REFUSE = "drop", "reject with tcp reset"


class Intake:
    """The door for new TCP connections: a table of nftables, gone with the power."""

    def __init__(self, machine: Machine) -> None:
        self._machine = machine

    def close(self, vips: typing.Sequence[str]) -> Result:
        """Let nobody new in at ``vips``. The result says whether this host can do that: it needs ``nft``."""
        return self._close(f"{'ip6' if ':' in vip else 'ip'} daddr {vip}" for vip in vips)

    def close_port(self, port: int) -> Result:
        """Let nobody new in at ``port``, of all addresses. The result is as for ``close``."""
        return self._close([f"tcp dport {port}"])

    def refuse_port(self, port: int) -> Result:
        """Send whoever is new at ``port`` elsewhere at once, but for the agent. The result is as for ``close``."""
        return self._close([f"ip saddr != 127.0.0.0/8 tcp dport {port}"], REFUSE)

    def open(self) -> None:
        """Let everybody in. Not closed is fine, and so is a host without ``nft``."""
        self._machine.attempt(["nft", REMOVE])

    def _close(self, which: typing.Iterable[str], verdict: str = DROP) -> Result:
        rules = (RULE % (each, verdict) for each in which)
        return self._machine.attempt(["nft", "; ".join((REMOVE, CHAIN, *rules))])
