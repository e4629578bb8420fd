"""What the components of all tiers have in common."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

import pulumi

from hacomponents.components.vip_pair import VipPair
from hacomponents.hosts.group import HostGroup
from hacomponents.hosts.options import formerly, handed_on
from hacomponents.topology.network import bracketed
from hacomponents.topology.tier import Tier
from hacomponents.topology.tree import rewritten
from hacomponents.topology.vip import Vip

Settings = TypeVar("Settings")


class TierComponent(pulumi.ComponentResource):
    """A group of hosts with one role: declares it, creates the hosts, and a pair where it has a VIP.

    Attributes:
        tier: what was declared, for the tier in front.
        vip_pair: the pair, where the tier has a VIP.
    """

    kind: str

    def __init__(self, tier: Tier, hosts: HostGroup, opts: pulumi.ResourceOptions | None) -> None:
        super().__init__(f"hacomponents:index:{self.kind}", hosts.name_of(tier.name), None, formerly(tier.name, opts))
        self._opts = opts
        self.tier = tier
        self.group = hosts
        self.vip_pair: VipPair | None = None
        hosts.declaration.declare(tier, self)

    def roll_out(self, vip: Vip | None = None, behind: Sequence[object] = ()) -> None:
        """Create the hosts and push to them.

        Args:
            vip: the address that moves between them, if any.
            behind: the tiers whose hosts must serve first; what is no tier, a rule tells.
        """
        for tier in behind:
            if isinstance(tier, TierComponent):
                self.group.follow(tier.group)
        self.group.provision(self.tier.name, self._opts)
        # Who depends on the tier depends on its hosts, which are children of their network.
        self._childResources.update(self.group.pushes)
        if vip is not None:
            self.vip_pair = VipPair(
                f"{self.tier.name}-vip",
                hosts=self.group,
                vip=vip,
                path=f"{self.tier.name}.vip",
                opts=pulumi.ResourceOptions.merge(handed_on(self._opts), pulumi.ResourceOptions(parent=self)),
            )

    @property
    def url(self) -> str:
        """Where clients reach the tier: its VIP, or its first host; empty where it has none, which a rule tells."""
        if not self.tier.endpoints:
            return ""
        return url_of("http", self.tier.endpoints[0].address, self.tier.endpoints[0].port)


def url_of(scheme: str, host: str, port: int) -> str:
    """A URL, without the port that its scheme has anyway."""
    return f"{scheme}://{bracketed(host)}" + (f":{port}" if port != {"http": 80, "https": 443}[scheme] else "") + "/"


def with_tiers(settings: Sequence[Settings]) -> tuple[Settings, ...]:
    """Settings that name components, at any depth, each with that component's tier in its place."""
    return tuple(rewritten(each, "", _tier_of) for each in settings)


def _tier_of(_name: str, _metadata: Mapping[Any, Any], value: object) -> object:
    return value.tier if isinstance(value, TierComponent) else value
