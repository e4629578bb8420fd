"""A tier of the site whose two hosts share a VIP."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from hacomponents.testing import eventually

if TYPE_CHECKING:
    from hacomponents.testing import GapReport, HostHandle, PairUnderTest
    from hacomponents.testing.background import Background
    from tests.integration.docker.site import Site

DAEMONS = {"web": "nginx", "lb": "haproxy"}


@dataclass(frozen=True)
class Tier:
    """The web tier or the balancers.

    Args:
        site: that it belongs to.
        name: `web` or `lb`.
    """

    site: Site
    name: str

    @property
    def pair(self) -> PairUnderTest:
        """Its hosts and its VIP."""
        return {"web": self.site.web, "lb": self.site.lb}[self.name]

    @property
    def daemon(self) -> str:
        """The service that answers at the VIP."""
        return DAEMONS[self.name]

    @property
    def processes(self) -> str:
        """A pattern of the command lines of that daemon."""
        return f"^{self.daemon}[: ]"

    def gap(self) -> Background[GapReport]:
        """What new connections see of the tier's own daemon, without those behind it."""
        if self.name == "web":
            return self.site.client.gap(self.site.url("/"), method="TRACE")
        return self.site.client.gap(f"http://{self.pair.vip}:8080/my_stats")

    def is_held_by(self, *hosts: HostHandle) -> bool:
        """Whether these hosts, and no others, hold the VIP."""
        return set(hosts) == {host for host in self.pair.hosts if host.holds(self.pair.vip)}

    def is_reached_at(self, host: HostHandle) -> bool:
        """Whether the client's neighbour at the VIP is this host."""
        return self.site.client.neighbour(self.pair.vip) == host.mac

    def is_standby(self, host: HostHandle) -> bool:
        """The host is well, and waits for its peer to fail."""
        state = self.site.state(host)
        ailing = {name: service["ailment"] for name, service in state["services"].items() if not service["healthy"]}
        assert ({}, []) == (ailing, state["vips"]), f"{host.name}: {state}"
        return bool(state["vrrp"]["state"] == "BACKUP")

    def give_to(self, host: HostHandle) -> None:
        """Bring the VIP to this host, if it does not have it, by a planned handover."""
        holder = self.pair.holder
        if holder != host:
            holder.exec("hacomponents-agent", "handover")
            eventually(lambda: self.is_standby(holder))
