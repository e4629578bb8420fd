"""What a drawing shows, taken from a site: hosts in bands, what runs on them, and who asks whom."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hacomponents.topology.pair import Pair
from hacomponents.topology.tier import Tier, targets

if TYPE_CHECKING:
    from hacomponents.topology.network import Host
    from hacomponents.topology.site import Site

TIMES = "\N{MULTIPLICATION SIGN}"


@dataclass(frozen=True)
class Role:
    """What a tier is on each of its hosts.

    Args:
        tier: its name in the program.
        kind: such as reverse proxy.
        daemon: such as nginx, with their number where there are several.
        ports: where it answers, such as `:80`; "" where nobody asks it.
        others: what else it answers, such as `stats`, and where.
    """

    tier: str
    kind: str
    daemon: str
    ports: str
    others: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Band:
    """Hosts that are all alike.

    Args:
        hosts: in order of preference.
        roles: theirs, the one that clients are nearest to first.
        vips: the addresses that one of the hosts holds.
        depth: how many bands are in front of it.
    """

    hosts: tuple[Host, ...]
    roles: tuple[Role, ...]
    vips: tuple[str, ...]
    depth: int

    @property
    def name(self) -> str:
        """Of its tiers."""
        return " + ".join(role.tier for role in self.roles)

    @property
    def kinds(self) -> tuple[str, ...]:
        """Of its tiers."""
        return tuple(dict.fromkeys(role.kind for role in self.roles))


@dataclass(frozen=True)
class Link:
    """Who asks whom.

    Args:
        source: the band in front; None for the site's clients.
        target: the band behind.
        ports: that are asked, such as `:80`.
    """

    source: Band | None
    target: Band
    ports: str


@dataclass(frozen=True)
class Picture:
    """All that is drawn.

    Args:
        title: of the drawing.
        bands: those in front first.
        links: between them, and from the clients.
    """

    title: str
    bands: tuple[Band, ...]
    links: tuple[Link, ...]


def picture(title: str, site: Site) -> Picture:
    """What is drawn of a site.

    Args:
        title: of the drawing.
        site: without problems.
    """
    depths = _depths(site)
    groups: dict[tuple[Host, ...], list[Tier]] = {}
    # Those in front first, also in the boxes that they share; of the same depth, as the program declares them.
    for tier in sorted(site.tiers, key=lambda tier: depths[tier.name]):
        groups.setdefault(tier.hosts, []).append(tier)
    bands = {tier.name: band for tiers in groups.values() for band in [_band(tiers, depths)] for tier in tiers}
    in_order = sorted(dict.fromkeys(bands.values()), key=lambda band: band.depth)
    return Picture(title, tuple(in_order), tuple(dict.fromkeys(_links(site, bands))))


def _depths(site: Site) -> dict[str, int]:
    """How many tiers are in front of each, by its name; a program declares those behind first."""
    depths = {tier.name: 0 for tier in site.tiers}
    for tier in reversed(site.tiers):
        for behind in _asked(tier):
            depths[behind.name] = max(depths[behind.name], depths[tier.name] + 1)
    return depths


def _band(tiers: Sequence[Tier], depths: Mapping[str, int]) -> Band:
    pairs = [tier for tier in tiers if isinstance(tier, Pair)]
    serving = [tier for tier in tiers if tier not in pairs] or pairs
    return Band(
        hosts=tiers[0].hosts,
        roles=tuple(map(_role, serving)),
        vips=tuple(address for pair in pairs for vip in pair.vips.values() for address in vip.addresses),
        depth=min(depths[tier.name] for tier in serving),
    )


def _role(tier: Tier) -> Role:
    ports = sorted({endpoint.port for endpoint in tier.endpoints})
    kind = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", type(tier).__name__).lower()
    kind = {"app": "application"}.get(kind, kind)
    own = [(each.path.split("."), each.port) for each in tier.listeners if each.path.startswith(f"{tier.name}.")]
    others = dict.fromkeys((path[1], f":{port}") for path, port in own if port not in ports)
    return Role(tier.name, kind, _daemon(tier), _told(ports), tuple(others))


def _daemon(tier: Tier) -> str:
    """What runs there: the application server, or the daemons that a VIP depends on."""
    if hasattr(tier, "server"):
        processes = len(tier.endpoints) // len(tier.hosts)
        return type(tier.server).__name__ + (f" {TIMES} {processes}" if processes > 1 else "")
    return " ".join(service.name for service in tier.services) or type(tier).__name__.lower()


def _links(site: Site, bands: Mapping[str, Band]) -> Iterator[Link]:
    """Those from the clients first; what goes on inside a host is not among them."""
    asked = {behind.name for tier in site.tiers for behind in _asked(tier)}
    for tier in reversed(site.tiers):
        if tier.name not in asked and tier.name in {role.tier for role in bands[tier.name].roles}:
            yield Link(None, bands[tier.name], _role(tier).ports)
    for tier in reversed(site.tiers):
        for behind in _asked(tier):
            if bands[tier.name] != bands[behind.name]:
                yield Link(bands[tier.name], bands[behind.name], _role(behind).ports)


def _asked(tier: Tier) -> Iterator[Tier]:
    """The tiers that a tier sends its requests to."""
    return (behind for behind in targets(tier).values() if isinstance(behind, Tier))


def _told(ports: Sequence[int]) -> str:
    """One port, a row of them, or each."""
    if len(ports) > 1 and ports[-1] - ports[0] == len(ports) - 1:
        return f":{ports[0]}-{ports[-1]}"
    return " ".join(f":{port}" for port in ports)
