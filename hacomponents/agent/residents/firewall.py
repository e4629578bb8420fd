"""Keeping the firewall's rules in place: whoever flushes or changes them, they are back at once."""

import contextlib
import time

from ..disk.lock import held
from ..errors import StepFailed
from ..host import Host
from .resident import until_superseded

KIND = "nftables"
PAUSE = 1.0  # seconds without a change until the next look at the agent's own version
REST = 0.1  # seconds after each look: whoever changes rules without a pause does not keep us busy without one


class Keeper:
    """Looks after the rules of the release in force."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self._told = ""

    def look(self) -> None:
        """Look once, load what should be there, and tell what had to be done; the same trouble is told once."""
        try:
            told = self._mended()
        except StepFailed as error:
            told = str(error)
        if told and told != self._told:
            self._host.note(told)
            self._host.say(told)
        self._told = told

    @property
    def was_well(self) -> bool:
        """Whether the last look found nothing to do."""
        return not self._told

    def _mended(self) -> str:
        if self._is_well():
            return ""
        with held(self._host.layout.lock, KIND, patient=True):  # a push does the same by itself
            service = self._host.of_kind(KIND, self._host.store.current())
            if service is None or self._is_well():
                return ""
            self._host.daemon(service).reload()
        return "the firewall's rules were gone or changed: loaded again"

    def _is_well(self) -> bool:
        release = self._host.store.current()
        service = self._host.of_kind(KIND, release)
        if service is None or release is None:
            return True
        return self._host.daemon(service).serving() == release.bundle.digest(service)


def nftables(host: Host) -> str:
    """Keep the rules until this agent is replaced by another version."""
    keeper = Keeper(host)
    with contextlib.closing(host.machine.rule_changes()) as changes:
        keeper.look()

        def step() -> None:
            if changes.wait(PAUSE) or not keeper.was_well:
                keeper.look()
                time.sleep(REST)

        return until_superseded(step)
