"""Holding new TCP connections off, so that those under way can finish: before VIPs move, or a server ends.

A connection does not move with its VIP: this host cannot answer any more, and the client that waits for an answer
hears nothing. So before VIPs move, the first packet of a new connection is dropped, not rejected; its client sends it
again after a second, and it reaches the peer.
"""

import typing

from .machine import Machine, Result

TABLE = "inet hacomponents_intake"  # whatever version of the agent made it, the next one finds it
REMOVE = f"add table {TABLE}; delete table {TABLE}"  # whether it is there or not
CHAIN = f"add table {TABLE}; add chain {TABLE} input {{ type filter hook input priority -300; }}"
RULE = f"add rule {TABLE} input %s tcp flags & (syn | ack) == syn %s"
DROP, REJECT = "drop", "reject with tcp reset"


class NewConnections:
    """What becomes of new TCP connections to this host: a table of nftables, gone with the power."""

    def __init__(self, machine: Machine) -> None:
        self._machine = machine

    def drop(self, vips: typing.Sequence[str]) -> Result:
        """Drop new connections to ``vips``. The result says whether this host can do that: it needs ``nft``."""
        return self._load(f"{'ip6' if ':' in vip else 'ip'} daddr {vip}" for vip in vips)

    def drop_at(self, port: int) -> Result:
        """Drop new connections to ``port`` of every address. The result is as for ``drop``."""
        return self._load([f"tcp dport {port}"])

    def reject(self, port: int) -> Result:
        """Reject new connections to ``port``, but for the agent's own. The result is as for ``drop``."""
        return self._load([f"ip saddr != 127.0.0.0/8 tcp dport {port}"], REJECT)

    def allow(self) -> None:
        """Let every connection in again. None held off is fine, and so is a host without ``nft``."""
        self._machine.attempt(["nft", REMOVE])

    def _load(self, which: typing.Iterable[str], verdict: str = DROP) -> Result:
        rules = (RULE % (each, verdict) for each in which)
        return self._machine.attempt(["nft", "; ".join((REMOVE, CHAIN, *rules))])
