"""Keeping the firewall's rules in place: whoever flushes or changes them, they are back at once."""

import contextlib
import typing

from .bundle import Service
from .errors import Failed
from .host import Host
from .lock import held
from .resident import until_superseded

KIND = "nftables"
PAUSE = 1.0  # seconds without a change until the next look at the agent's own version


class Keeper:
    """Looks after the rules of the release in force."""

    def __init__(self, host: Host) -> None:
        self._host = host

    def look(self) -> str:
        """Look once, and load what should be there. Returns what had to be done; nothing where all is well."""
        if self._is_well():
            return ""
        with held(self._host.layout.lock, KIND, patient=True):  # a push does the same by itself
            service = self._service()
            if service is None or self._is_well():
                return ""
            self._host.daemon(service).reload()
        return "the firewall's rules were gone or changed: loaded again"

    def _is_well(self) -> bool:
        service, release = self._service(), self._host.store.current()
        if service is None or release is None:
            return True
        return self._host.daemon(service).serving() == release.bundle.digest(service)

    def _service(self) -> typing.Optional[Service]:
        return self._host.of_kind(KIND, self._host.store.current())


def nftables(host: Host) -> str:
    """Keep the rules until this agent is replaced by another version."""
    keeper = Keeper(host)
    said = [""]

    def look() -> None:
        try:
            told = keeper.look()
        except Failed as error:
            told = str(error)
        if told and told != said[-1]:
            host.note(told)
            host.say(told)
        said.append(told)

    with contextlib.closing(host.machine.rule_changes()) as changes:
        look()

        def step() -> None:
            if changes.come(PAUSE) or said[-1]:
                look()

        return until_superseded(step)
