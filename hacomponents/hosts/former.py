"""Where the resources of hosts were recorded before they were children of their network.

Until 0.1.0 they were children of whichever component asked for the hosts first. Every such parent is an alias, so that
a state of that time is taken over and nothing is created twice.
"""

from collections.abc import Iterator

import pulumi

CONTAINER = "docker:index/container:Container"
IMAGE = "docker:index/image:Image"
COMMAND = "command:local:Command"
TIERS = ("AppTier", "CacheTier", "LoadBalancerTier", "MemcachedTier", "ReverseProxyTier")
PAIR = "hacomponents:index:VipPair"


def aliases(kind: str, name: str, outer: pulumi.Resource | None) -> list[pulumi.Input[str]]:
    """All URNs that a resource can have had.

    Whole ones as plain texts, where that can be: the SDK needs several outputs for each that it has to put together.

    Args:
        kind: type of it.
        name: that it had.
        outer: the component of the program's own that the tier is in, if any.
    """
    stack = f"urn:pulumi:{pulumi.get_stack()}::{pulumi.get_project()}"
    urns: list[pulumi.Input[str]] = [f"{stack}::{chain}${kind}::{name}" for chain in _chains()]
    if outer is not None:
        urns += [pulumi.create_urn(name, f"{chain}${kind}", outer) for chain in _chains()]
    return urns


def _chains() -> Iterator[str]:
    """Types of the parents, from the outermost."""
    for tier in TIERS:
        yield f"hacomponents:index:{tier}"
        yield f"hacomponents:index:{tier}${PAIR}"
    yield PAIR
