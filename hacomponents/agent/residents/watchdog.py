"""Ending a keepalived that hangs, before its peer takes over the VIP that it still has.

A process that is stopped, stuck or spinning sends no adverts but leaves its addresses on the interface: two hosts would
answer for one VIP. So who holds a VIP without a sign of life gives it up here, after about two adverts; the peer takes
it after three (RFC 5798, 6.1). The supervisor then starts keepalived anew, as the standby.
"""

import os
import signal
import time
import typing

from .. import vrrp
from ..bundle import Service
from ..disk import files
from ..host import Host
from .pulse import Pulse
from .reachability import Reachability
from .resident import until_superseded

# Adverts without a sign of life until a holder is fenced; not 3, as its last sign may be younger than its last advert.
# A stopped process does not come back by itself; one that could run is perhaps just waiting for a processor.
ADVERTS = {"T": 1.5, "R": 2.75}
OTHERWISE = 2.0
LOOKS = 8  # in an interval
IDLE = 5  # seconds without a sign of life until a keepalived without a VIP, which may just have nothing to do, is asked
ANSWER = 1  # seconds that it has for that
# Where the host allows it, nothing else runs between keepalived's last advert and its release of the VIP.
PRIORITY = 50


class Child(typing.NamedTuple):
    """The process that sends adverts: its state, by its letter (proc(5)), and how often it went to sleep."""

    pid: int
    state: str
    sleeps: int


class KeepalivedWatch:
    """Watches the process of ``keepalived`` that sends adverts; ``advert_int`` is in seconds."""

    def __init__(self, host: Host, keepalived: Service, advert_int: float) -> None:
        self._host = host
        self._keepalived = keepalived
        self._advert_int = advert_int
        self._pulse = Pulse(advert_int)
        self._pid: typing.Optional[int] = None
        self._fenced = 0
        self._asked = False

    def look(self, now: float) -> str:
        """Look once. Returns why keepalived had to be ended; nothing where it is well."""
        before, child = self._pid, self._child()
        self._pid = child.pid if child else None
        if before and self._pid != before and self._parent_lives():
            return self._fence("its child has ended")  # and another would not know of the VIP that this one left
        if child is None:
            return ""
        if child.pid != before:
            self._host.machine.run_in_real_time(child.pid, PRIORITY)
        holds = self._holds_a_vip()
        # Who just takes a VIP had no adverts to send before.
        silence = self._pulse.silence(now, (child.pid, child.sleeps, holds))
        if silence > ADVERTS.get(child.state, OTHERWISE) * self._advert_int and holds:
            return self._fence(f"it hangs: no sign of life for {silence:.2f} s")
        if silence > IDLE + ANSWER:
            return self._fence(f"it hangs: no answer after {silence:.0f} s")
        if silence > IDLE and not self._asked:
            self._host.machine.signal(child.pid, signal.SIGUSR1)
        self._asked = silence > IDLE
        return ""

    def _child(self) -> typing.Optional[Child]:
        """Return the process that sends adverts; not one that was ended here and is still dying."""
        text = files.text(f"{self._host.layout.run}/keepalived/vrrp.pid").strip()
        pid = int(text) if text.isdigit() else 0
        process = self._host.machine.process(pid) if pid != self._fenced else None
        return Child(pid, *process) if process else None

    def _parent(self) -> int:
        text = files.text(os.path.join(self._host.layout.pids, self._keepalived.name)).strip()
        return int(text) if text.isdigit() else 0

    def _parent_lives(self) -> bool:
        parent = self._parent()
        return parent > 0 and self._host.machine.process(parent) is not None

    def _holds_a_vip(self) -> bool:
        own = self._host.machine.local_addresses()
        return any(address in own for address in vrrp.addresses(self._keepalived))

    def _fence(self, why: str) -> str:
        """Take the VIPs off, then end every process of keepalived's group."""
        machine, parent = self._host.machine, self._parent()
        for vip in vrrp.vips(self._keepalived):
            machine.remove_address(vip)
        if parent:
            machine.signal(-parent, signal.SIGKILL)
        dying = self._child()
        self._pid, self._fenced = None, dying.pid if dying else 0
        return f"keepalived was ended: {why}"


def watchdog(host: Host) -> str:
    """Watch keepalived and the network until this agent is replaced by another version."""
    release = host.store.current()
    keepalived = host.keepalived(release)
    own = host.of_kind("watchdog", release)
    if own is None or keepalived is None:
        return "no keepalived belongs to this host"
    advert_int = float(keepalived.get("advert_int"))
    # Before the one that it watches, which may have the only processor and not let go of it.
    host.machine.run_in_real_time(0, PRIORITY + 1)
    watched = (
        KeepalivedWatch(host, keepalived, advert_int),
        Reachability(host, keepalived.get("source"), own.get("witnesses", [])),
    )

    def look() -> None:
        for each in watched:
            why = each.look(time.monotonic())
            if why:
                host.note(why)
                host.say(why)
        time.sleep(advert_int / LOOKS)

    return until_superseded(look)
