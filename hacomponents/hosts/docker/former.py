"""Where the resources of hosts were recorded before they were children of their network.

Until 0.1.0 they were children of whichever component asked for the hosts first. Every such parent is an alias, so that
a state of that time is taken over and nothing is created twice.
"""

from collections.abc import Iterator

import pulumi

TIERS = ("AppTier", "CacheTier", "LoadBalancerTier", "MemcachedTier", "ReverseProxyTier")
PAIR = "hacomponents:index:VipPair"


def former_parents(outer: pulumi.Resource | None) -> list[pulumi.Output[str]]:
    """URNs of all parents that there can have been.

    Args:
        outer: the component of the program's own that the tier is in, if any.
    """
    return [pulumi.create_urn("former", chain, parent) for chain in _chains() for parent in {None, outer}]


def aliases(name: str, parents: list[pulumi.Output[str]]) -> pulumi.ResourceOptions:
    """Options by which a resource is known under its former name and parents.

    Args:
        name: that it had.
        parents: as of `former_parents`.
    """
    return pulumi.ResourceOptions(aliases=[pulumi.Alias(name=name, parent=parent) for parent in parents])


def _chains() -> Iterator[str]:
    """Types of the parents, from the outermost."""
    for tier in TIERS:
        yield f"hacomponents:index:{tier}"
        yield f"hacomponents:index:{tier}${PAIR}"
    yield PAIR
