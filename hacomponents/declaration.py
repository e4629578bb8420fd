"""The site that a program declares, and the bundles that follow from the whole of it.

Every constructor only notes what was asked for. When the program has ended well, the whole site is held against its
rules and rendered; no resource is registered before. Secrets and certificates that come from other resources may be
known later, or not at all in a preview: only the bundles that hold them wait.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import pulumi

from hacomponents import program
from hacomponents.errors import Problem, TopologyError
from hacomponents.inputs import secrets
from hacomponents.inputs.certificates import certificate
from hacomponents.inputs.self_signed import with_certificates
from hacomponents.render import RenderedBundle, bundle_of
from hacomponents.render.kept import kept
from hacomponents.topology.certificate import CERTIFICATE, Certificate
from hacomponents.topology.network import Host, Network
from hacomponents.topology.pair import Pair
from hacomponents.topology.rules import problems, warnings
from hacomponents.topology.secret import SECRET, Secret
from hacomponents.topology.site import Site
from hacomponents.topology.tier import Tier

DIGEST_KEY = "digest_key"


@dataclass(frozen=True)
class Values:
    """What the secrets and certificates of a site are, as far as is known.

    Args:
        key: of digests; empty where the stack has none.
        secrets: by name.
        certificates: by name.
    """

    key: str
    secrets: Mapping[str, str]
    certificates: Mapping[str, str]


@dataclass(frozen=True)
class Rendered:
    """A checked site, and what is pushed to its hosts.

    Args:
        site: as declared, with names and digests in the place of secrets.
        bundles: by host name.
        values: that were known.
    """

    site: Site
    bundles: Mapping[str, RenderedBundle]
    values: Values


class Declaration:
    """What a program has asked for on one network.

    Args:
        network: as declared.
        look: asked when the program has ended; answers with the problems of the network as it is.
    """

    def __init__(self, network: Network, look: Callable[[], Awaitable[Sequence[Problem]]]) -> None:
        self._network = network
        self._tiers: list[Tier] = []
        self._components: list[pulumi.Resource] = []
        self._problems: list[Problem] = []
        self._look = look
        self._closed = False
        key = pulumi.Config("hacomponents").get_secret(DIGEST_KEY)
        self._key: pulumi.Output[str] = pulumi.Output.from_input("") if key is None else key
        self._program = program.current()
        self._program.add(self._plan)
        self.rendered: pulumi.Output[Rendered] = pulumi.Output.from_input(self._planned())

    @property
    def name(self) -> str:
        """Of the network."""
        return self._network.name

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
        self._tiers.append(with_certificates(tier, self._key))
        self._components.append(component)

    def refuse(self, problem: Problem) -> None:
        """Add a problem that no rule of the topology can see."""
        self._problems.append(problem)

    def claim(self, role: str) -> None:
        """Take a role's name for this network: hosts are called by it, on whichever network of the program."""
        owner = self._program.claim(role, self.name)
        if owner != self.name:
            rule = f"network {owner} has a role of that name, whose hosts have the same names"
            self.refuse(
                Problem(f"network {self.name}.hosts({role!r})", rule, "choose another name for one of the roles")
            )

    def holds_secrets(self, hosts: tuple[Host, ...]) -> bool:
        """Whether a tier on these hosts, declared so far, holds a secret."""
        return any(True for tier in self._tiers if tier.hosts == hosts for _ in secrets.inputs_of(tier, tier.name))

    def kept(self, host: Host) -> dict[str, str]:
        """The folders that a host keeps, by the names of their tiers declared so far."""
        return kept(tier for tier in self._tiers if host in tier.hosts)

    def stands_alone(self, host: Host) -> bool:
        """Whether no tier declared so far says what a host serves: it is a program of the user's own."""
        return all(isinstance(tier, Pair) for tier in self._tiers if host in tier.hosts)

    def bundle_text(self, host: Host) -> pulumi.Output[str]:
        """What is pushed to a host. Unknown in a preview that does not know one of its secrets or certificates."""
        return self.rendered.apply(lambda rendered: self._bundle(rendered, host).apply(lambda bundle: bundle.text))

    def secrets_document(self, host: Host) -> pulumi.Output[str]:
        """The secrets of a host as the agent reads them (`secret`); secret itself."""

        def document(rendered: Rendered) -> pulumi.Output[str]:
            names = {secret.name for secret in rendered.bundles[host.name].secrets}
            values = _all({name: value for name, value in self._secrets.items() if name in names})
            return values.apply(lambda values: _document(values, rendered.values.key))

        return pulumi.Output.secret(self.rendered.apply(document))

    def _inputs(self, mark: secrets.Mark, tiers: Iterable[Tier]) -> dict[str, pulumi.Input[str]]:
        return dict(entry for tier in tiers for entry in secrets.inputs_of(tier, tier.name, mark))

    async def _planned(self) -> Rendered:
        # Shielded, since it is everybody's: who waits for it may be cancelled.
        await asyncio.shield(self._program.planned)
        return self._rendered

    async def _plan(self) -> TopologyError | None:
        """Check and render the site with the values that are known by now; what is wrong with it."""
        self._closed = True
        self._secrets, self._certificates = (self._inputs(mark, self._tiers) for mark in (SECRET, CERTIFICATE))
        values = await self._known()
        site = self._site(values)
        self._warn(site)
        wrong = [*self._problems, *await self._look(), *problems(site), *self._check_key(values.key)]
        if wrong:
            return TopologyError(site.name, wrong)
        hosts = {host for tier in site.tiers for host in tier.hosts}
        self._rendered = Rendered(site, {host.name: bundle_of(site, host) for host in hosts}, values)
        return None

    async def _known(self) -> Values:
        """The values that need no resource, or whose resource is done."""
        known = await _known({DIGEST_KEY: self._key, **self._secrets, **self._certificates})
        found = (
            {name: known[name] for name in given if name in known} for given in (self._secrets, self._certificates)
        )
        return Values(known.get(DIGEST_KEY, ""), *found)

    def _warn(self, site: Site) -> None:
        """Show what stops nothing; also where another tier is wrong."""
        for tier, component in zip(site.tiers, self._components, strict=True):
            for warning in warnings(site, tier):
                pulumi.log.warn(str(warning), component)

    def _site(self, values: Values) -> Site:
        """The site as declared, with what the topology may know of each value."""
        known: dict[str, Secret] = {name: Secret.unknown(name) for name in self._secrets}
        known |= {name: secrets.secret(name, value, values.key) for name, value in values.secrets.items()}
        texts = {name: Certificate.unknown() for name in self._certificates}
        texts |= {name: certificate(text) for name, text in values.certificates.items()}
        tiers = tuple(secrets.resolved(tier, tier.name, known, texts) for tier in self._tiers)
        return Site(self._network.name, self._network, tiers)

    def _check_key(self, key: str) -> list[Problem]:
        if key or not self._secrets:
            return []
        command = f'pulumi config set --secret hacomponents:{DIGEST_KEY} "$(openssl rand -hex 32)"'
        return [Problem(f"hacomponents:{DIGEST_KEY}", "must be set where a site has secrets", f"run: {command}")]

    def _bundle(self, rendered: Rendered, host: Host) -> pulumi.Output[RenderedBundle]:
        """The bundle of a host with all of its values, for which it waits where they were not known before."""
        bundle, known = rendered.bundles[host.name], rendered.values
        if len(known.secrets) == len(self._secrets) and len(known.certificates) == len(self._certificates):
            return pulumi.Output.from_input(bundle)
        held = {secret.name for secret in bundle.secrets} - known.secrets.keys()
        late_secrets = {name: self._secrets[name] for name in held}
        served = self._inputs(CERTIFICATE, (tier for tier in self._tiers if host in tier.hosts))
        late_certificates = {name: value for name, value in served.items() if name not in known.certificates}
        if not late_secrets and not late_certificates:
            return pulumi.Output.from_input(bundle)
        late = pulumi.Output.all(_all(late_secrets), _all(late_certificates))
        # What leaves holds names and digests, and certificates, which are public: a preview can show it.
        return pulumi.Output.unsecret(late.apply(lambda late: self._render_late(host, known, *late)))

    def _render_late(
        self, host: Host, known: Values, late_secrets: Mapping[str, str], late_certificates: Mapping[str, str]
    ) -> RenderedBundle:
        """Check and render a host again, with what was not known when the site was planned."""
        values = replace(
            known,
            secrets={**known.secrets, **late_secrets},
            certificates={**known.certificates, **late_certificates},
        )
        site = self._site(values)
        if wrong := list(problems(site)):
            error = TopologyError(site.name, wrong, f"{host.name} was not changed")
            raise program.told_once(pulumi.RunError(str(error)))
        return bundle_of(site, host)


async def _known(inputs: Mapping[str, pulumi.Input[str]]) -> dict[str, str]:
    """Those of some values that need no resource, or whose resource is done."""
    readings = {name: asyncio.ensure_future(_read(value)) for name, value in inputs.items()}
    await program.quiet()
    done = {name: reading.result() for name, reading in readings.items() if reading.done()}
    return {name: value for name, value in done.items() if value is not None}


async def _read(value: pulumi.Input[str]) -> str | None:
    """The value; None where a preview does not know it."""
    return await pulumi.Output.from_input(value).future()


def _all(inputs: Mapping[str, pulumi.Input[str]]) -> pulumi.Output[dict[str, str]]:
    # Of no arguments, `all` makes a list.
    return pulumi.Output.all(**inputs) if inputs else pulumi.Output.from_input({})


def _document(values: Mapping[str, str], key: str) -> str:
    entries = {
        name: {"digest": secrets.secret(name, value, key).digest, "value": value} for name, value in values.items()
    }
    return json.dumps({"secrets": entries}, indent=2, sort_keys=True)
