"""How long something has given no sign of life."""

import typing

Sign = typing.Tuple[int, ...]


class Pulse:
    """The silence of one thing. Time in which nobody looked (the whole machine was frozen) does not count."""

    def __init__(self, blink: float) -> None:
        self._blink = blink
        self._sign: Sign = ()
        self._since = self._looked = 0.0

    def silence(self, now: float, sign: Sign) -> float:
        """Return for how many seconds ``sign`` has been the same, at the time ``now``."""
        if sign != self._sign or now - self._looked > self._blink:
            self._sign, self._since = sign, now
        self._looked = now
        return now - self._since
