"""A pair of hosts that share a virtual IP."""

from collections.abc import Sequence
from typing import TypeVar, cast

import pulumi

from hacomponents.hosts.group import HostGroup
from hacomponents.hosts.options import formerly
from hacomponents.topology.pair import Pair, Track
from hacomponents.topology.vip import Vip

T = TypeVar("T")


class VipPair(pulumi.ComponentResource):
    """Two hosts that share VIPs by VRRP (keepalived): one holds them, the other takes over when that one fails.

    A tier with a VIP makes its own; alone it serves what is not a tier of this library.

    Args:
        name: lower-case letters, digits, hyphens.
        hosts: two, the preferred one first.
        vip: the address that moves, or several: they move together.
        track: what must work on the host that holds it, one or several things. Default: the host alone is watched.
        path: how messages call the VIP. Default: NAME.vip.
        opts: usual Pulumi options.

    Attributes:
        address: of the first VIP.
    """

    def __init__(
        self,
        name: str,
        *,
        hosts: HostGroup,
        vip: Vip | Sequence[Vip],
        track: Track | Sequence[Track] | None = None,
        path: str = "",
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("hacomponents:index:VipPair", hosts.name_of(name), None, formerly(name, opts))
        pair = Pair(name, hosts.hosts, _frozen(vip), None if track is None else _frozen(track), path)
        hosts.declaration.declare(pair, self)
        hosts.provision(name, opts)
        self._childResources.update(hosts.pushes)  # who depends on the pair depends on its hosts
        replaced = [vip.replaces for vip in pair.vips.values()]
        hosts.settle(self, f"{name}-settle", [vip.address for vip in replaced if isinstance(vip, Vip)])
        self.address = next((vip.address for vip in pair.vips.values()), "")
        self.register_outputs({"address": self.address})


def _frozen(given: T | Sequence[T]) -> T | tuple[T, ...]:
    return tuple(given) if isinstance(given, list | tuple) else cast("T", given)
