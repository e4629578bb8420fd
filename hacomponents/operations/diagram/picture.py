"""What a drawing shows, taken from a site: hosts in bands, what runs on them, and who asks whom."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hacomponents.topology.app import App
from hacomponents.topology.pair import Pair
from hacomponents.topology.reverse_proxy import ReverseProxy
from hacomponents.topology.rules import single_points_of_failure
from hacomponents.topology.tier import Reach, Tier

if TYPE_CHECKING:
    from hacomponents.topology.network import Host
    from hacomponents.topology.site import Site

SERVED = {Reach.FRONT_OR_CLIENTS, Reach.FRONT_ONLY}
"""Who comes to the ports that a tier is there for; its other ports are pages for those who manage it."""
TIMES = "\N{MULTIPLICATION SIGN}"


@dataclass(frozen=True)
class Role:
    """What a tier is on each of its hosts.

    Args:
        tier: its name in the program.
        kind: such as reverse proxy.
        daemon: such as nginx, with their number where there are several.
        ports: where it answers, such as `:80`; "" where nobody asks it.
        others: what else it answers, such as `stats` and where, and the names of its sites.
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
        alone: whether nothing stands in for one of its roles.
    """

    hosts: tuple[Host, ...]
    roles: tuple[Role, ...]
    vips: tuple[str, ...]
    depth: int
    alone: bool

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
    bands = {tier.name: band for tiers in groups.values() for band in [_band(tiers, site, depths)] for tier in tiers}
    in_order = sorted(dict.fromkeys(bands.values()), key=lambda band: band.depth)
    return Picture(title, tuple(in_order), tuple(dict.fromkeys(_links(site, bands))))


def _depths(site: Site) -> dict[str, int]:
    """How many tiers are in front of each, by its name; a program declares those behind first."""
    depths = {tier.name: 0 for tier in site.tiers}
    for tier in reversed(site.tiers):
        for behind in _asked(tier):
            depths[behind.name] = max(depths[behind.name], depths[tier.name] + 1)
    return depths


def _band(tiers: Sequence[Tier], site: Site, depths: Mapping[str, int]) -> Band:
    pairs = [tier for tier in tiers if isinstance(tier, Pair)]
    serving = [tier for tier in tiers if tier not in pairs] or pairs
    return Band(
        hosts=tiers[0].hosts,
        roles=tuple(map(_role, serving)),
        vips=tuple(address for pair in pairs for vip in pair.vips.values() for address in vip.addresses),
        depth=min(depths[tier.name] for tier in serving),
        alone=any(True for tier in serving for _ in single_points_of_failure.warnings(site, tier)),
    )


def _role(tier: Tier) -> Role:
    kind = {"App": "application"}.get(type(tier).__name__) or _words(type(tier)).lower()
    own = [listener for listener in tier.listeners if listener.path.startswith(f"{tier.name}.")]
    served = sorted({listener.port for listener in own if listener.reach in SERVED})
    pages = {each.path.split(".")[1]: f":{each.port}" for each in own if each.reach not in SERVED}
    names = dict.fromkeys(_names(tier), "")
    return Role(tier.name, kind, _daemon(tier), _told(served), tuple({**names, **pages}.items()))


def _names(tier: Tier) -> list[str]:
    """Those of the virtual hosts that a reverse proxy tells apart."""
    virtual_hosts = tier.virtual_hosts if isinstance(tier, ReverseProxy) else ()
    return [name for each in virtual_hosts for name in each.server_name if name != "_"]


def _daemon(tier: Tier) -> str:
    """What runs there: the application server, or the daemons that a VIP depends on."""
    if isinstance(tier, App):
        processes = len(tier.endpoints) // len(tier.hosts)
        return _words(type(tier.server)) + (f" {TIMES} {processes}" if processes > 1 else "")
    return " ".join(service.name for service in tier.services) or type(tier).__name__.lower()


def _links(site: Site, bands: Mapping[str, Band]) -> Iterator[Link]:
    """Those from the clients first; what goes on inside a host is not among them."""
    asked = {behind.name for tier in site.tiers for behind in _asked(tier)}
    for tier in reversed(site.tiers):
        if tier.name not in asked and _is_for_clients(tier, bands[tier.name]):
            yield Link(None, bands[tier.name], _role(tier).ports)
    for tier in reversed(site.tiers):
        for behind in _asked(tier):
            if bands[tier.name] != bands[behind.name]:
                yield Link(bands[tier.name], bands[behind.name], _role(behind).ports)


def _is_for_clients(tier: Tier, band: Band) -> bool:
    """Whether clients come to a tier that no other is in front of; to a pair where nothing of ours is on its hosts."""
    if isinstance(tier, Pair):
        return band.roles[0].tier == tier.name
    return any(listener.reach is Reach.FRONT_OR_CLIENTS for listener in tier.listeners)


def _asked(tier: Tier) -> Iterator[Tier]:
    """The tiers that a tier sends its requests to."""
    return (behind for behind in tier.targets.values() if isinstance(behind, Tier))


def _words(kind: type) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", kind.__name__)


def _told(ports: Sequence[int]) -> str:
    """One port, a row of them, or each."""
    if len(ports) > 1 and ports[-1] - ports[0] == len(ports) - 1:
        return f":{ports[0]}-{ports[-1]}"
    return " ".join(f":{port}" for port in ports)
