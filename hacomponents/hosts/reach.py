"""How a host is reached: as a Pulumi command, and in the words of a person."""

from collections.abc import Sequence
from typing import Protocol

import pulumi

AGENT = "hacomponents-agent"
"""The command on a host, once its agent is installed."""


class Reach(Protocol):
    """The way to one host. Docker, SSH and virtual machines differ here, and in how a host is made."""

    def run(
        self,
        name: str,
        line: str,
        *,
        options: pulumi.ResourceOptions,
        stdin: pulumi.Input[str] | None = None,
        triggers: Sequence[pulumi.Input[str]] = (),
        farewell: str = "",
        shown: bool = False,
    ) -> pulumi.Resource:
        """A resource that runs a line of shell on the host when it is created, updated or replaced.

        Args:
            name: of the resource.
            line: what runs.
            options: of the resource.
            stdin: what it reads. Default: nothing.
            triggers: values of which another one replaces the resource. Default: none.
            farewell: what runs when the resource is deleted; a host that does not run is no failure. Default: nothing.
            shown: whether Pulumi shows what the line writes to standard error. Default: False.
        """

    def words(self, line: str) -> str:
        """What a person types to run a line on the host."""
