"""keepalived, for any pair of hosts with VIPs."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hacomponents.render.host_files import HostFiles, Json, agent_check, text
from hacomponents.render.template import render
from hacomponents.topology.named_secrets import filled, named
from hacomponents.topology.pair import Pair, Process, Url
from hacomponents.topology.secret import Secret
from hacomponents.topology.vip import Vrrp2

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hacomponents.topology.network import Host, Network
    from hacomponents.topology.pair import Track
    from hacomponents.topology.site import Site
    from hacomponents.topology.tier import Service
    from hacomponents.topology.vip import Vip

CONFIG = "/etc/keepalived/keepalived.conf"
SCRIPTS = "/etc/keepalived/notify"
# Hosts of other tiers that tell a host whether it hears anybody.
WITNESSES, ENOUGH = 3, 2


@dataclass(frozen=True)
class Instance:
    """One `vrrp_instance`, which has its address for a name: that never changes, whatever joins it or leaves.

    Another address is another instance: two hosts of which one does not know it yet do not both hold it then.

    Args:
        vip: what it holds.
        interface: that the addresses are on.
        link: interface on which the hosts know each other, and adverts go, wherever the addresses are.
        source: address that adverts come from.
        peer: address that they go to.
        addresses: all that it holds, with prefix lengths, the one that adverts carry first.
        change: `joins` for one that takes the place of another, which `leaves` with the next change; else empty.
    """

    vip: Vip
    interface: str
    link: str
    source: str
    peer: str
    addresses: tuple[str, ...]
    change: str

    @property
    def name(self) -> str:
        """Of the instance and of its script."""
        return self.vip.address

    @property
    def script(self) -> str:
        """Path of the script that a change of state runs; empty for none."""
        return f"{SCRIPTS}/{self.name}" if self.vip.notify else ""


def files_for(tier: Pair, host: Host, site: Site) -> HostFiles:
    """What a host of the pair gets."""
    index = tier.hosts.index(host)
    peer = tier.hosts[1 - index]
    vrrp = tier.vrrp
    instances = [_instance(vip, host, peer, site.network, _change(path, vip)) for path, vip in tier.vips.items()]
    config = render(
        f"keepalived/{'vrrp2' if isinstance(vrrp, Vrrp2) else 'vrrp3'}.conf.j2",
        site=site,
        tier=tier,
        preferred=index == 0,
        vrrp=vrrp,
        priority=vrrp.priority[index],
        instances=instances,
        # One that is new to a group in service would take the others off for a moment.
        together=[each for each in instances if each.change != "joins"],
        services=site.services_of(host),
        checks=_checks(site.services_of(host), tier.tracks),
        weight=vrrp.weight if isinstance(vrrp, Vrrp2) else 0,
        interval=vrrp.interval if isinstance(vrrp, Vrrp2) else 1,
    )
    service: Json = {
        "daemon": "keepalived",
        "files": ["/etc/keepalived/"],
        "config": CONFIG,
        "instances": {each.name: _described(each) for each in instances},
        "source": host.address,
        "peer": peer.address,
        "advert_int": vrrp.advert_int,
    }
    hooks = {each.script: each.vip for each in instances if each.script}
    scripts = {path: text(filled(vip.notify, vip.secrets), mode="0700") for path, vip in hooks.items()}
    return HostFiles(
        files={CONFIG: text(config), **scripts},
        services={"keepalived": service, "watchdog": _watchdog(tier, site), "agent-check": agent_check(host, CONFIG)},
        secrets=tuple(_secrets(tier)),
        packages=("keepalived", "nftables"),
    )


def _change(path: str, vip: Vip) -> str:
    if vip.replaces is not None:
        return "joins"
    return "leaves" if path.endswith(".replaces") else ""


def _described(instance: Instance) -> Json:
    """For the agent."""
    known: Json = {"interface": instance.interface, "vips": list(instance.addresses)}
    return {**known, "change": instance.change} if instance.change else known


def _instance(vip: Vip, host: Host, peer: Host, network: Network, change: str) -> Instance:
    """Between the hosts' own addresses of the VIP's family."""
    source, destination = (host.address6, peer.address6) if vip.is_ipv6 else (host.address, peer.address)
    addresses = tuple(_with_prefix(address, vip, network) for address in vip.addresses)
    return Instance(vip, vip.interface or host.interface, host.interface, source, destination, addresses, change)


def _with_prefix(address: str, vip: Vip, network: Network) -> str:
    """A host route where the VIP's own network is not known, as keepalived does by itself."""
    subnets = () if vip.interface else network.subnets
    single = ipaddress.ip_network(address)
    return f"{address}/{next((s for s in subnets if s.version == single.version), single).prefixlen}"


def _secrets(tier: Pair) -> Iterator[Secret]:
    for vip in tier.vips.values():
        yield from named(vip.secrets)
        if isinstance(vip.vrrp, Vrrp2) and isinstance(vip.vrrp.auth_pass, Secret):
            yield vip.vrrp.auth_pass


def _watchdog(tier: Pair, site: Site) -> Json:
    """Restarted with every change of keepalived's file, since it reads the intervals and the VIPs."""
    watchdog: Json = {"daemon": "watchdog", "files": ["/etc/keepalived/"]}
    others = [other for other in site.tiers if other.hosts != tier.hosts]
    pairs = [host.address for other in others if isinstance(other, Pair) for host in other.hosts]
    firsts, seconds = ([host.address for other in others for host in other.hosts[at : at + 1]] for at in (0, 1))
    # A pair does not grow, and a tier that does keeps its first host: no other becomes a witness then. But one is none.
    witnesses = list(dict.fromkeys([*pairs, *firsts]))[:WITNESSES]
    if len(witnesses) < ENOUGH:
        witnesses = list(dict.fromkeys([*witnesses, *seconds]))[:ENOUGH]
    return {**watchdog, "witnesses": witnesses} if witnesses else watchdog


def _checks(services: tuple[Service, ...], tracks: tuple[Track, ...]) -> dict[str, str]:
    """Commands that succeed while what is tracked works, by name; keepalived runs them each second."""
    checks = {f"{service.name}_answers": _request(service.health) for service in services}
    for number, track in enumerate(tracks, start=1):
        match track:
            case Url(url=url):
                checks[f"url_{number}_answers"] = _request(url)
            case Process(name=name):
                checks[f"process_{number}_runs"] = f"/usr/bin/pgrep --exact {name}"
    return checks


def _request(url: str) -> str:
    # Shorter than the interval: keepalived skips a run while the one before goes on. And as soon as keepalived itself,
    # whose children are ordinary processes where it has real time.
    return f"/usr/bin/nice -n -20 /usr/bin/curl --fail --silent --max-time 0.8 --output /dev/null {url}"
