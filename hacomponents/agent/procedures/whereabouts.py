"""Where a host is between two releases: which of them is in force on disk, and which each daemon serves."""

import os
import typing

from ..bundle import Service
from ..disk import files
from ..errors import AgentError
from ..host import Host
from .transition import Pending, name


class Whereabouts:
    """What is in force on disk, and what each daemon says, at this moment; ``between`` are the two releases."""

    def __init__(self, host: Host, between: Pending) -> None:
        self._between = between
        self._disk = os.path.basename(files.target(host.layout.current) or "") or None
        releases = [release for release in between if release]
        services = {service.name: service for release in releases for service in release.bundle.services}
        self._said = {service: _said(host, services[service]) for service in services}

    def whole(self) -> typing.Optional[str]:
        """Return the name of the release that the disk and every daemon are on, if there is one."""
        for release in self._between:
            digests = release.bundle.digests if release else {}
            on_disk = self._disk == (release.id if release else None)
            if on_disk and all(said == digests.get(service) for service, said in self._said.items()):
                return name(release)
        return None

    def lines(self) -> typing.Iterator[str]:
        """Yield a line for the disk and one for each service."""
        yield f"  on disk: {self._disk or 'nothing'}"
        for service in self._said:
            yield f"  {service} serves {self._release_of(service)}"

    def _release_of(self, service: str) -> str:
        said = self._said[service]
        if said is None:
            return "nothing"
        ids = [each.id for each in self._between if each and each.bundle.digests.get(service) == said]
        return " and ".join(sorted(set(ids))) or f"something else ({said})"


def _said(host: Host, service: Service) -> typing.Optional[str]:
    try:
        return host.daemon(service).serving()
    except (AgentError, OSError):
        return None
