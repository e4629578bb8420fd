"""What the components of all tiers have in common."""

import pulumi

from hacomponents.components.vip_pair import VipPair
from hacomponents.hosts.group import HostGroup
from hacomponents.topology.tier import Tier
from hacomponents.topology.vip import Vip


class TierComponent(pulumi.ComponentResource):
    """A group of hosts with one role: declares it, creates the hosts, and a pair where it has a VIP.

    Attributes:
        tier: what was declared, for the tier in front.
        vip_pair: the pair, where the tier has a VIP.
    """

    kind: str

    def __init__(self, tier: Tier, hosts: HostGroup, opts: pulumi.ResourceOptions | None) -> None:
        super().__init__(f"hacomponents:index:{self.kind}", tier.name, None, opts)
        self.tier = tier
        self.group = hosts
        self.vip_pair: VipPair | None = None
        hosts.declaration.declare(tier)

    def roll_out(self, vip: Vip | None = None, behind: "TierComponent | None" = None) -> None:
        """Create the hosts and push to them.

        Args:
            vip: the address that moves between them, if any.
            behind: the tier whose hosts must serve first.
        """
        if behind is not None:
            self.group.follow(behind.group)
        if vip is not None:
            self.vip_pair = VipPair(
                f"{self.tier.name}-vip",
                hosts=self.group,
                vip=vip,
                path=f"{self.tier.name}.vip",
                opts=pulumi.ResourceOptions(parent=self),
            )
        self.group.provision(self)

    @property
    def url(self) -> str:
        """Where clients reach the tier: its VIP, or its first host; empty where it has none, which a rule tells."""
        if not self.tier.endpoints:
            return ""
        endpoint = self.tier.endpoints[0]
        return f"http://{endpoint.address}" + (f":{endpoint.port}" if endpoint.port != 80 else "") + "/"  # noqa: PLR2004  # HTTP's own
