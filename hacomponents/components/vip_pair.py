"""A pair of hosts that share a virtual IP."""

import pulumi

from hacomponents.hosts.group import HostGroup
from hacomponents.topology.pair import Pair, Track
from hacomponents.topology.vip import Vip


class VipPair(pulumi.ComponentResource):
    """Two hosts that share a VIP by VRRP (keepalived): one holds it, the other takes over when that one fails.

    A tier with a VIP makes its own; alone it serves what is not a tier of this library.

    Args:
        name: lower-case letters, digits, hyphens.
        hosts: two, the preferred one first.
        vip: the address that moves.
        track: what must work on the host that holds it. Default: the host alone is watched.
        path: how messages call the VIP. Default: NAME.vip.
        opts: usual Pulumi options.
    """

    def __init__(
        self,
        name: str,
        *,
        hosts: HostGroup,
        vip: Vip,
        track: Track | None = None,
        path: str = "",
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("hacomponents:index:VipPair", name, None, opts)
        self.vip = vip
        hosts.declaration.declare(Pair(name, hosts.hosts, vip, track, path), self)
        hosts.provision(self)
        hosts.settle(self, f"{name}-settle")
        self.address = vip.address
        self.register_outputs({"address": vip.address})
