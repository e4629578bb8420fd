"""The application tier."""

from collections.abc import Sequence

import pulumi

from hacomponents.components.tier import TierComponent
from hacomponents.hosts.group import HostGroup, addresses
from hacomponents.inputs.app_source import read_source
from hacomponents.topology.app import App
from hacomponents.topology.server import Server


class AppTier(TierComponent):
    """Application servers on each of some hosts.

    Args:
        name: lower-case letters, digits, hyphens.
        hosts: at least one.
        server: what runs on each of them; its `app` is a folder, relative to the program, or a `Git`.
        clients: hosts, addresses and subnets that may come as well as the tiers in front; everybody is
            `["0.0.0.0/0", "::/0"]`. Default: none.
        opts: usual Pulumi options.
    """

    kind = "AppTier"

    def __init__(
        self,
        name: str,
        *,
        hosts: HostGroup,
        server: Server,
        clients: Sequence[HostGroup | str] = (),
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(App(name, hosts.hosts, server, read_source(server), addresses(clients)), hosts, opts)
        self.roll_out()
        self.register_outputs({})
