"""nftables, the firewall of every host."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hacomponents.render.host_files import HostFiles, Json, text
from hacomponents.render.template import render
from hacomponents.topology.firewall import EVERYBODY
from hacomponents.topology.openings import openings, peers, serves_only_our_tiers

if TYPE_CHECKING:
    from hacomponents.topology.firewall import Firewall
    from hacomponents.topology.network import Host
    from hacomponents.topology.site import Site

CONFIG = "/etc/nftables/hacomponents.nft"
# Every IPv6 link has it.
LINK_LOCAL = "fe80::/10"


@dataclass(frozen=True)
class Sources:
    """Addresses and subnets, as nftables wants them: by family, and none inside another.

    Args:
        subnets: of both families.
    """

    subnets: tuple[str, ...]

    @property
    def matches(self) -> list[str]:
        """The beginnings of the rules that match them: one a family; none where nobody is meant."""
        if set(EVERYBODY) <= set(self.subnets):
            return [""]
        families = (("ip", self._of(4)), ("ip6", self._of(6)))
        return [f"{family} saddr {{ {', '.join(subnets)} }} " for family, subnets in families if subnets]

    def _of(self, version: int) -> list[str]:
        networks = [ipaddress.ip_network(subnet) for subnet in dict.fromkeys(self.subnets)]
        own = [network for network in networks if network.version == version]
        outermost = [each for each in own if not any(each != other and each.subnet_of(other) for other in own)]  # type: ignore[arg-type]
        return [str(each if each.prefixlen < each.max_prefixlen else each.network_address) for each in outermost]


def files_for(host: Host, site: Site, firewall: Firewall) -> HostFiles:
    """What a host gets.

    Args:
        host: any of the site.
        site: the whole, from which it follows.
        firewall: of its network.
    """
    known = serves_only_our_tiers(site, host)
    rules = render(
        "nftables/hacomponents.nft.j2",
        site=site,
        host=host,
        known=known,
        openings=openings(site, host, firewall),
        peers=peers(site, host),
        management=tuple(firewall.management),
        inside=(*map(str, site.network.subnets), LINK_LOCAL),
        Sources=Sources,
    )
    service: Json = {
        "daemon": "nftables",
        "files": [CONFIG],
        "config": CONFIG,
        "management": list(dict.fromkeys(firewall.management if known else EVERYBODY)),
    }
    return HostFiles(files={CONFIG: text(rules)}, services={"nftables": service}, packages=("nftables",))
