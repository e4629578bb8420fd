"""The bundle of a host: everything that is pushed to it, as one JSON document."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import singledispatch
from typing import TYPE_CHECKING

from hacomponents.render import app, haproxy, keepalived, memcached, nftables, nginx, varnish
from hacomponents.topology.app import App
from hacomponents.topology.cache import Cache
from hacomponents.topology.load_balancer import LoadBalancer
from hacomponents.topology.memcached import Memcached
from hacomponents.topology.pair import Pair
from hacomponents.topology.reverse_proxy import ReverseProxy

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from hacomponents.render.part import Json, Part
    from hacomponents.topology.network import Host
    from hacomponents.topology.secret import Secret
    from hacomponents.topology.site import Site
    from hacomponents.topology.tier import Tier

FORMAT = 1


@dataclass(frozen=True)
class Bundle:
    """All that one host gets.

    Args:
        text: the JSON document for the agent; holds no secret.
        secrets: those that its files name.
        packages: Debian packages that the host needs, sorted.
    """

    text: str
    secrets: tuple[Secret, ...]
    packages: tuple[str, ...]


def bundle_of(site: Site, host: Host) -> Bundle:
    """Render the bundle of one host.

    Args:
        site: a checked site.
        host: one of its hosts.
    """
    parts = [_part(tier, host, site) for tier in site.tiers_of(host)]
    if site.network.firewall:
        parts.append(nftables.part(host, site, site.network.firewall))
    secrets = {secret.name: secret for part in parts for secret in part.secrets}
    document = {
        "format": FORMAT,
        "host": host.name,
        "platform": host.platform.name,
        "files": _merged(part.files for part in parts),
        "services": _merged(part.services for part in parts),
        "secrets": {name: secret.digest for name, secret in secrets.items()},
    }
    return Bundle(
        text=json.dumps(document, indent=2, sort_keys=True, ensure_ascii=False) + "\n",
        secrets=tuple(secrets[name] for name in sorted(secrets)),
        packages=tuple(sorted({host.platform.package(name) for part in parts for name in part.packages})),
    )


def _merged(mappings: Iterable[Mapping[str, Json]]) -> dict[str, Json]:
    return {key: entry for mapping in mappings for key, entry in mapping.items()}


@singledispatch
def _part(tier: Tier, host: Host, site: Site) -> Part:
    raise TypeError(f"no template for a {type(tier).__name__} ({site.name}, {host.name})")


_part.register(ReverseProxy, nginx.part)
_part.register(LoadBalancer, haproxy.part)
_part.register(App, app.part)
_part.register(Cache, varnish.part)
_part.register(Memcached, memcached.part)
_part.register(Pair, keepalived.part)
