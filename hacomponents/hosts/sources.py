"""The places where hosts can come from, by the name that a stack's configuration has for each."""

import importlib

import pulumi

from hacomponents.errors import Problem, TopologyError
from hacomponents.hosts.network import BaseNetwork
from hacomponents.topology.firewall import DEFAULT as DEFAULT_FIREWALL
from hacomponents.topology.firewall import Firewall

SOURCES = {"docker": "hacomponents.docker"}
"""A module for each; its `Network` takes what `network` does. It is imported by stacks that ask for it."""
DEFAULT = "docker"


def network(
    name: str,
    *,
    cidr: str,
    cidr6: str = "",
    firewall: Firewall | None = DEFAULT_FIREWALL,
    platform: str = "",
    opts: pulumi.ResourceOptions | None = None,
) -> BaseNetwork:
    """A network whose hosts come from where the stack's configuration says, `hacomponents:hosts`: docker by default.

    Args:
        name: lower-case letters, digits, hyphens; unique in the program.
        cidr: IPv4 subnet, /16 to /28, that nothing else there uses. Its first address is the gateway.
        cidr6: IPv6 subnet, /64, likewise; hosts have the same place in both. Default: no IPv6.
        firewall: of every host; None for none. Default: `Firewall()`.
        platform: the release that its hosts run, such as `debian-12`. Default: `hacomponents:platform` of the stack's
            configuration, else `debian-13`.
        opts: usual Pulumi options.

    Raises:
        RunError: hosts come from nowhere of that name.
    """
    kind = pulumi.Config("hacomponents").get("hosts") or DEFAULT
    if kind not in SOURCES:
        rule = f"must be one of {', '.join(SOURCES)}"
        remedy = f"name one of these, or go back to {DEFAULT}: pulumi config rm hacomponents:hosts"
        problem = Problem("hacomponents:hosts", rule, remedy, kind)
        raise pulumi.RunError(str(TopologyError(name, [problem])))
    source = importlib.import_module(SOURCES[kind])
    made: BaseNetwork = source.Network(name, cidr=cidr, cidr6=cidr6, firewall=firewall, platform=platform, opts=opts)
    return made
