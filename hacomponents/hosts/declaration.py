"""The site that a program declares, and the bundles that follow from the whole of it.

A Pulumi program runs to its end before any resource is registered, and so does every constructor here: it only notes
what was asked for. The first input of a resource that is needed then closes the declaration, holds the whole site
against its rules, and renders it. So all problems are told at once, and no resource is registered before.
"""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pulumi

from hacomponents.errors import Problem, TopologyError
from hacomponents.hosts import secrets
from hacomponents.hosts.certificates import certificate
from hacomponents.hosts.self_signed import with_certificates
from hacomponents.render import Bundle, bundle_of
from hacomponents.topology.certificate import CERTIFICATE
from hacomponents.topology.network import Host, Network
from hacomponents.topology.secret import SECRET
from hacomponents.topology.site import Site
from hacomponents.topology.tier import Tier

DIGEST_KEY = "digest_key"


@dataclass(frozen=True)
class Rendered:
    """A checked site, and what is pushed to its hosts.

    Args:
        site: as declared, with names and digests in the place of secrets.
        bundles: by host name.
    """

    site: Site
    bundles: Mapping[str, Bundle]


class Declaration:
    """What a program has asked for on one network."""

    def __init__(self, network: Network) -> None:
        self._network = network
        self._tiers: list[Tier] = []
        self._components: list[pulumi.Resource] = []
        self._closed = False
        self.rendered: pulumi.Output[Rendered] = pulumi.Output.from_input(None).apply(lambda _: self._close())

    def declare(self, tier: Tier, component: pulumi.Resource) -> None:
        """Add a tier.

        Args:
            tier: what is asked for.
            component: that asks; warnings of the tier are shown as its own.

        Raises:
            RuntimeError: after the declaration was closed.
        """
        if self._closed:
            message = f"{tier.name}: declared too late; create every tier before awaiting the result of one"
            raise RuntimeError(message)
        self._tiers.append(with_certificates(tier, self._key()))
        self._components.append(component)

    def holds_secrets(self, hosts: tuple[Host, ...]) -> bool:
        """Whether a tier on these hosts, declared so far, holds a secret."""
        return any(True for tier in self._tiers if tier.hosts == hosts for _ in secrets.inputs_of(tier, tier.name))

    def secrets_document(self, host: Host) -> pulumi.Output[str]:
        """The secrets of a host as the agent reads them (`secret`); secret itself."""

        def document(rendered: Rendered) -> pulumi.Output[str]:
            bundle = rendered.bundles[host.name]
            return self._inputs(SECRET).apply(lambda values: _document(bundle, values))

        return pulumi.Output.secret(self.rendered.apply(document))

    def _inputs(self, mark: secrets.Mark) -> pulumi.Output[dict[str, str]]:
        inputs = {name: value for tier in self._tiers for name, value in secrets.inputs_of(tier, tier.name, mark)}
        # Of no arguments, `all` makes a list.
        return pulumi.Output.all(**inputs) if inputs else pulumi.Output.from_input({})

    def _close(self) -> pulumi.Output[Rendered]:
        self._closed = True
        self._warn()
        given = pulumi.Output.all(self._key(), self._inputs(SECRET), self._inputs(CERTIFICATE))
        # What leaves holds names and digests, and certificates, which are public: a preview can show it.
        return pulumi.Output.unsecret(given.apply(lambda given: self._render(*given)))

    @staticmethod
    def _key() -> pulumi.Output[str]:
        """The stack's own secret; empty where it is missing, which a rule tells."""
        return pulumi.Config("hacomponents").get_secret(DIGEST_KEY) or pulumi.Output.from_input("")

    def _warn(self) -> None:
        """Show what stops nothing; also in a preview that does not know every secret yet."""
        site = Site(self._network.name, self._network, tuple(self._tiers))
        for tier, component in zip(self._tiers, self._components, strict=True):
            for warning in site.warnings(tier):
                pulumi.log.warn(str(warning), component)

    def _render(self, key: str, values: Mapping[str, str], texts: Mapping[str, str]) -> Rendered:
        known = {name: secrets.secret(name, value, key) for name, value in values.items()}
        certificates = {name: certificate(text) for name, text in texts.items()}
        tiers = tuple(secrets.resolved(tier, tier.name, known, certificates) for tier in self._tiers)
        site = Site(self._network.name, self._network, tiers)
        problems = [*site.problems(), *_check_key(key, known)]
        if problems:
            raise _told_once(TopologyError(site.name, problems))
        hosts = {host for tier in tiers for host in tier.hosts}
        return Rendered(site, {host.name: bundle_of(site, host) for host in hosts})


def _document(bundle: Bundle, values: Mapping[str, str]) -> str:
    entries = {secret.name: {"digest": secret.digest, "value": values[secret.name]} for secret in bundle.secrets}
    return json.dumps({"secrets": entries}, indent=2, sort_keys=True)


def _told_once(error: TopologyError) -> pulumi.RunError:
    """The error as Pulumi shows it: its text alone, and once, though every resource of the site waits for it."""
    told = pulumi.RunError(str(error))

    def handler(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        if context.get("exception") is not told:
            loop.default_exception_handler(context)

    asyncio.get_running_loop().set_exception_handler(handler)
    return told


def _check_key(key: str, known: Mapping[str, object]) -> list[Problem]:
    if key or not known:
        return []
    command = f'pulumi config set --secret hacomponents:{DIGEST_KEY} "$(openssl rand -hex 32)"'
    return [Problem(f"hacomponents:{DIGEST_KEY}", "must be set where a site has secrets", f"run: {command}")]
