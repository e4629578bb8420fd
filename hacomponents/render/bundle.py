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

    from hacomponents.render.host_files import HostFiles, Json
    from hacomponents.topology.network import Host
    from hacomponents.topology.secret import Secret
    from hacomponents.topology.site import Site
    from hacomponents.topology.tier import Tier

FORMAT = 1


@dataclass(frozen=True)
class RenderedBundle:
    """All that one host gets.

    Args:
        text: the JSON document for the agent; holds no secret.
        secrets: those that its files name.
        packages: Debian packages that the host needs, sorted.
    """

    text: str
    secrets: tuple[Secret, ...]
    packages: tuple[str, ...]


def bundle_of(site: Site, host: Host) -> RenderedBundle:
    """Render the bundle of one host.

    Args:
        site: a checked site.
        host: one of its hosts.
    """
    brought = [_files_for(tier, host, site) for tier in site.tiers_of(host)]
    if site.network.firewall:
        brought.append(nftables.files_for(host, site, site.network.firewall))
    secrets = {secret.name: secret for each in brought for secret in each.secrets}
    document = {
        "format": FORMAT,
        "host": host.name,
        "platform": host.platform.name,
        "files": _merged(each.files for each in brought),
        "services": _merged(each.services for each in brought),
        "secrets": {name: secret.digest for name, secret in secrets.items()},
    }
    return RenderedBundle(
        text=json.dumps(document, indent=2, sort_keys=True, ensure_ascii=False) + "\n",
        secrets=tuple(secrets[name] for name in sorted(secrets)),
        packages=tuple(sorted({host.platform.package(name) for each in brought for name in each.packages})),
    )


def _merged(mappings: Iterable[Mapping[str, Json]]) -> dict[str, Json]:
    return {key: entry for mapping in mappings for key, entry in mapping.items()}


@singledispatch
def _files_for(tier: Tier, host: Host, site: Site) -> HostFiles:
    raise TypeError(f"no template for a {type(tier).__name__} ({site.name}, {host.name})")


_files_for.register(ReverseProxy, nginx.files_for)
_files_for.register(LoadBalancer, haproxy.files_for)
_files_for.register(App, app.files_for)
_files_for.register(Cache, varnish.files_for)
_files_for.register(Memcached, memcached.files_for)
_files_for.register(Pair, keepalived.files_for)
