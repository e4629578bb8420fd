"""An isolated host, which receives nothing, neither holds nor takes a VIP.

Such a host may still send: its adverts, or its claim, keep the other host from the VIP, and nobody is served. So hosts
of other tiers, the witnesses, are asked for their addresses, one at a time. The peer is no witness: it may just be
dead. One witness alone may be as well, and a host that has not heard any of them yet may be the first to start.
"""

import typing

from ..disk.tracks import FAULT, NETWORK, WELL
from ..host import Host
from .pulse import Pulse

if typing.TYPE_CHECKING:
    from ..machine.arp import Link

EVERY = 0.2  # seconds between two questions
ISOLATED = 1.0  # seconds of questions without an answer
BLINK = 0.5  # seconds between two looks, after which the silence does not count
ENOUGH = 2  # witnesses


class Reachability:
    """Asks ``witnesses`` from the address ``source``, and writes the track file of the network."""

    def __init__(self, host: Host, source: str, witnesses: typing.Sequence[str]) -> None:
        self._host = host
        self._source = source
        self._witnesses = list(witnesses) if len(witnesses) >= ENOUGH else []
        self._link: typing.Optional["Link"] = None
        self._pulse = Pulse(BLINK)
        self._asked = 0.0
        self._answers = 0

    def look(self, now: float) -> str:
        """Count answers, and ask the next one when it is time. Returns what has changed; else nothing."""
        if not self._witnesses:
            return self._declare(WELL)
        if self._link is None:
            self._link = self._host.machine.link(self._source)
        self._answers += sum(answer in self._witnesses for answer in self._link.answers())
        silence = self._pulse.silence(now, (self._answers,))
        if now - self._asked >= EVERY:
            self._asked = now
            self._link.ask(self._witnesses[0], self._source)
            self._witnesses.append(self._witnesses.pop(0))
        if not self._answers:
            return ""
        return self._declare(FAULT if silence > ISOLATED else WELL)

    def _declare(self, state: str) -> str:
        if self._host.tracks.state(NETWORK) == state:
            return ""
        self._host.tracks.set_network(state)
        names = ", ".join(sorted(self._witnesses))
        return "the network is heard again" if state == WELL else f"this host is isolated: no answer from {names}"
