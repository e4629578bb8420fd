"""Properties of rendering, over random valid sites."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from hypothesis import given, settings

from hacomponents.render import bundle_of
from hacomponents.topology.pair import Pair
from hacomponents.topology.rules import problems
from tests.hash_seed import elsewhere
from tests.strategies import sites

if TYPE_CHECKING:
    from hacomponents.topology.network import Host
    from hacomponents.topology.site import Site


def _hosts(site: Site) -> set[Host]:
    return {host for tier in site.tiers for host in tier.hosts}


def bundles(sites: list[Site]) -> list[dict[str, str]]:
    """What every host of each site gets, by its name."""
    return [{host.name: bundle_of(site, host).text for host in _hosts(site)} for site in sites]


def test_valid_sites_render() -> None:
    """
    A site without problems renders on every host, in a process whose sets have another order to the same bytes.
    """
    drawn: list[Site] = []

    @settings(deadline=None)
    @given(sites())
    def draw(site: Site) -> None:
        assert [] == list(problems(site))
        drawn.append(site)

    draw()
    assert bundles(drawn) == elsewhere(bundles, drawn)


@settings(deadline=None)
@given(sites())
def test_bundles_name_what_they_hold(site: Site) -> None:
    """
    Every secret, digest and file that a bundle names is in it.
    """
    for host in _hosts(site):
        bundle = json.loads(bundle_of(site, host).text)
        texts = "".join(entry.get("content", "") for entry in bundle["files"].values())

        assert set(bundle["secrets"]) == set(re.findall(r"@@secret:([^@]+)@@", texts))
        assert set(re.findall(r"@@digest:([^@]+)@@", texts)) <= set(bundle["services"])
        for feeds in (service["files"] for service in bundle["services"].values() if "files" in service):
            assert any(path.startswith(prefix) for path in bundle["files"] for prefix in feeds)


@settings(deadline=None)
@given(sites())
def test_addresses_are_unique(site: Site) -> None:
    """
    No two hosts share an address, and none is a VIP.
    """
    hosts = [each for host in _hosts(site) for each in (host.address, host.address6) if each]
    pairs = [tier for tier in site.tiers if isinstance(tier, Pair)]
    vips = [address for pair in pairs for vip in pair.vips.values() for address in vip.addresses]

    assert len(hosts) == len(set(hosts))
    assert len(vips) == len(set(vips))
    assert not set(hosts) & set(vips)
