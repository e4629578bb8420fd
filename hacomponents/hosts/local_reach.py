"""The way to a host that is entered from this machine, as a container is."""

from collections.abc import Mapping, Sequence

import pulumi
from pulumi_command import local

Environment = Mapping[str, pulumi.Input[str]]


class LocalReach:
    """A `Reach` by a command of this machine that runs a line on the host.

    Args:
        host: its name.
        enter: the command, such as `docker exec -i 3f2a`; the line follows.
        typed: the same as a person types it, such as `docker exec rails_ha-web-1`.
        environment: of the command. Default: this machine's own.
    """

    def __init__(
        self, host: str, enter: pulumi.Output[str], typed: str, environment: pulumi.Input[Environment] | None = None
    ) -> None:
        self._host = host
        self._enter = enter
        self._typed = typed
        self._environment = environment

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
    ) -> local.Command:
        """A resource that runs a line of shell on the host; see `Reach`."""
        gone = f"echo '{self._host} does not run: nothing to hand over'"
        return local.Command(
            name,
            create=pulumi.Output.concat(self._enter, f" {line}"),
            delete=pulumi.Output.concat(self._enter, f" {farewell} || {gone}") if farewell else None,
            environment=self._environment,
            stdin=stdin,
            triggers=[*triggers],
            logging=local.Logging.STDERR if shown else local.Logging.NONE,
            opts=options,
        )

    def words(self, line: str) -> str:
        """What a person types to run a line on the host."""
        return f"{self._typed} {line}"
