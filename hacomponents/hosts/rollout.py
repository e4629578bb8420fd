"""How a site comes onto a host, wherever the host comes from: its agent, its secrets, its bundle."""

import shlex
from collections.abc import Sequence

import pulumi

from hacomponents import agent
from hacomponents.declaration import Declaration
from hacomponents.hosts.former import COMMAND
from hacomponents.hosts.options import Options
from hacomponents.hosts.reach import AGENT, Reach
from hacomponents.topology.network import Host


class Machine:
    """A host as its source made it.

    Args:
        identity: another one after the machine was made anew: what had been put on it is gone.
        reach: the way to it.
    """

    def __init__(self, identity: pulumi.Output[str], reach: Reach) -> None:
        self.identity = identity
        self.reach = reach

    def keep(self) -> None:
        """Have what its tiers declared so far keep outlive the machine; asked for again, it does nothing.

        Default: nothing has to be done for it.
        """


class RollOut:
    """What is done on one host.

    Args:
        host: name and addresses.
        machine: that it is.
        declaration: of its site.
        options: of each resource.
        after: what must serve before the bundle is pushed.

    Attributes:
        push: done when the host serves its bundle.
    """

    def __init__(
        self, host: Host, machine: Machine, declaration: Declaration, options: Options, after: Sequence[pulumi.Resource]
    ) -> None:
        self.machine = machine
        self._host = host
        self._declaration = declaration
        self._options = options
        self._secrets: list[pulumi.Resource] = []
        self._installed = self._install_agent()
        self.push = self._push([self._installed, *after])

    def put_secrets(self) -> None:
        """Put the secrets of its files in place before its bundle is pushed; asked for again, it does nothing."""
        if not self._secrets:
            self._secrets.append(self._create_secrets())

    def settle(self, name: str, options: pulumi.ResourceOptions, first: Machine, replaced: Sequence[str]) -> None:
        """Bring the VIP from this host to the first one of its pair, once both were created or replaced.

        Args:
            name: of the resource.
            options: of the resource.
            first: the machine of the host that is preferred.
            replaced: see `HostGroup.settle`.
        """
        triggers: list[pulumi.Input[str]] = [self.machine.identity, first.identity, *replaced]
        self.machine.reach.run(name, f"{AGENT} settle", triggers=triggers, options=options)

    def _install_agent(self) -> pulumi.Resource:
        line = shlex.join(["python3", "-c", agent.INSTALLER])
        return self._run("agent", line, pulumi.ResourceOptions(), stdin=agent.payload())

    def _create_secrets(self) -> pulumi.Resource:
        options = pulumi.ResourceOptions(depends_on=[self._installed], additional_secret_outputs=["stdout", "stderr"])
        document = self._declaration.secrets_document(self._host)
        return self._run("secrets", f"{AGENT} secret", options, stdin=document)

    def _push(self, after: Sequence[pulumi.Resource]) -> pulumi.Resource:
        # Read when the program has ended: a tier that it declares later on the same hosts may bring secrets.
        ready = self._declaration.rendered.apply(lambda _: [*after, *self._secrets])
        # Else, where a machine was removed by hand, the old push's `retire` would follow the new push.
        options = pulumi.ResourceOptions(depends_on=ready, delete_before_replace=True)
        bundle = self._declaration.bundle_text(self._host)
        return self._run("push", f"{AGENT} apply", options, stdin=bundle, farewell=f"{AGENT} retire", shown=True)

    def _run(
        self,
        what: str,
        line: str,
        own: pulumi.ResourceOptions,
        *,
        stdin: pulumi.Input[str],
        farewell: str = "",
        shown: bool = False,
    ) -> pulumi.Resource:
        """A command of this host, run again on a machine that was made anew."""
        return self.machine.reach.run(
            f"{self._declaration.name}.{self._host.name}-{what}",
            line,
            options=self._options(COMMAND, f"{self._host.name}-{what}", own),
            stdin=stdin,
            triggers=[self.machine.identity],
            farewell=farewell,
            shown=shown,
        )
