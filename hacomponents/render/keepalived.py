"""keepalived, for any pair of hosts with a VIP."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hacomponents.render.part import Json, Part, agent_check, text
from hacomponents.render.template import render
from hacomponents.topology.pair import Pair, Process, Url
from hacomponents.topology.secret import Secret
from hacomponents.topology.vip import Vrrp2

if TYPE_CHECKING:
    from hacomponents.topology.network import Host, Network
    from hacomponents.topology.pair import Track
    from hacomponents.topology.site import Site
    from hacomponents.topology.tier import Service

CONFIG = "/etc/keepalived/keepalived.conf"
# Hosts of other tiers that tell a host whether it hears anybody.
WITNESSES = 3


def part(tier: Pair, host: Host, site: Site) -> Part:
    """What a host of the pair gets."""
    index = tier.hosts.index(host)
    peer = tier.hosts[1 - index]
    vrrp = tier.vip.vrrp
    config = render(
        f"keepalived/{'vrrp2' if isinstance(vrrp, Vrrp2) else 'vrrp3'}.conf.j2",
        site=site,
        tier=tier,
        host=host,
        peer=peer,
        preferred=index == 0,
        vrrp=vrrp,
        priority=vrrp.priority[index],
        vips=_with_prefix(tier, site.network),
        services=site.services_of(host),
        checks=_checks(site.services_of(host), tier.track),
        weight=vrrp.weight if isinstance(vrrp, Vrrp2) else 0,
    )
    password = vrrp.auth_pass if isinstance(vrrp, Vrrp2) else None
    service: Json = {
        "daemon": "keepalived",
        "files": ["/etc/keepalived/"],
        "config": CONFIG,
        "vips": _with_prefix(tier, site.network),
        "source": host.address,
        "peer": peer.address,
        "advert_int": vrrp.advert_int,
    }
    return Part(
        files={CONFIG: text(config)},
        services={"keepalived": service, "watchdog": _watchdog(tier, site), "agent-check": agent_check(host, CONFIG)},
        secrets=(password,) if isinstance(password, Secret) else (),
        packages=("keepalived", "nftables"),
    )


def _watchdog(tier: Pair, site: Site) -> Json:
    """Restarted with every change of keepalived's file, since it reads the intervals and the VIPs."""
    watchdog: Json = {"daemon": "watchdog", "files": ["/etc/keepalived/"]}
    own = {host.address for host in tier.hosts}
    # Pairs first, and two of each: a tier that grows must not change who is a witness.
    tiers = sorted(site.tiers, key=lambda other: not isinstance(other, Pair))
    others = [host.address for other in tiers for host in other.hosts[:2] if host.address not in own]
    witnesses = list(dict.fromkeys(others))[:WITNESSES]
    return {**watchdog, "witnesses": witnesses} if witnesses else watchdog


def _with_prefix(tier: Pair, network: Network) -> list[str]:
    prefix = network.subnet.prefixlen if network.subnet else 0
    return [f"{address}/{prefix}" for address in tier.vip.addresses]


def _checks(services: tuple[Service, ...], track: Track | None) -> dict[str, str]:
    """Commands that succeed while what is tracked works, by name; keepalived runs them each second."""
    checks = {f"{service.name}_answers": _request(service.health) for service in services}
    match track:
        case Url(url=url):
            checks["url_answers"] = _request(url)
        case Process(name=name):
            checks["process_runs"] = f"/usr/bin/pgrep --exact {name}"
    return checks


def _request(url: str) -> str:
    # Shorter than the interval: keepalived skips a run while the one before goes on.
    return f"/usr/bin/curl --fail --silent --max-time 0.8 --output /dev/null {url}"
