"""Networks, hosts, and the addresses that hosts get."""

from __future__ import annotations

import ipaddress
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hacomponents.errors import Problem
from hacomponents.topology import fields
from hacomponents.topology.firewall import DEFAULT, Firewall
from hacomponents.topology.platform import DEFAULT_PLATFORM, PLATFORMS, Platform

if TYPE_CHECKING:
    from collections.abc import Iterator

BLOCKS = 16
# Blocks 0 and 1 stay free for the gateway and VIPs, the last for addresses that others get by chance.
RESERVED_BLOCKS = 2
SMALLEST_PREFIX, LARGEST_PREFIX = 28, 16
# What a link has (RFC 4291, 2.5.1); hosts have the same places in it as in the IPv4 subnet.
PREFIX6 = 64


@dataclass(frozen=True)
class Host:
    """A machine of a tier.

    Args:
        name: unique in its network, such as `web-1`.
        address: its own IPv4 address; empty while the network's CIDR is wrong.
        interface: where that address is. Default: eth0.
        address6: its own IPv6 address. Default: none.
        network: name of the network that it stands on. Default: none is known.
        platform: the release that it runs. Default: Debian 13.
    """

    name: str
    address: str
    interface: str = "eth0"
    address6: str = ""
    network: str = ""
    platform: Platform = DEFAULT_PLATFORM

    @property
    def addresses(self) -> tuple[str, ...]:
        """Its own, of both families."""
        return tuple(filter(None, (self.address, self.address6)))


@dataclass(frozen=True)
class Network:
    """One link (layer 2) with its IPv4 subnet, and an IPv6 subnet where it has one.

    Args:
        name: letters, digits, hyphens.
        cidr: the subnet, `10.10.0.0/24`; /16 to /28.
        cidr6: the IPv6 subnet, `fd00:10::/64`. Default: none.
        firewall: of every host; None for none. Default: `Firewall()`.
        platform: what its hosts run, by the name in `platform.PLATFORMS`. Default: nothing is said.
    """

    name: str
    cidr: str
    cidr6: str = ""
    firewall: Firewall | None = DEFAULT
    platform: str = ""

    @property
    def subnet(self) -> ipaddress.IPv4Network | None:
        """The subnet, or None where the CIDR is wrong (a rule says so)."""
        try:
            subnet = ipaddress.IPv4Network(str(self.cidr))
        except ValueError:
            return None
        return subnet if LARGEST_PREFIX <= subnet.prefixlen <= SMALLEST_PREFIX else None

    @property
    def subnet6(self) -> ipaddress.IPv6Network | None:
        """The IPv6 subnet, or None where there is none or it is wrong (a rule says so)."""
        try:
            subnet = ipaddress.IPv6Network(str(self.cidr6))
        except ValueError:
            return None
        return subnet if subnet.prefixlen == PREFIX6 else None

    @property
    def subnets(self) -> tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...]:
        """Those that it has. In each, the first address is the gateway's."""
        return tuple(subnet for subnet in (self.subnet, self.subnet6) if subnet)

    @property
    def gateway(self) -> str:
        """First address of the subnet."""
        return self.address(1)

    def address(self, offset: int) -> str:
        """The address at an offset into the subnet; empty where there is none (a rule says so)."""
        subnet = self.subnet
        return str(subnet[offset]) if subnet and 0 <= offset < subnet.num_addresses else ""

    def address6(self, offset: int) -> str:
        """The same in the IPv6 subnet."""
        subnet = self.subnet6
        return str(subnet[offset]) if subnet and 0 <= offset < subnet.num_addresses else ""

    def beside(self, address: str) -> str:
        """The IPv6 address at the offset of an IPv4 one; empty where there is no IPv6, or not the other."""
        if self.subnet is None or not address:
            return ""
        return self.address6(int(ipaddress.IPv4Address(address)) - int(self.subnet.network_address))


def bracketed(address: str) -> str:
    """An address as it stands before a port, in URLs and in the languages of our daemons (RFC 3986, 3.2.2)."""
    return f"[{address}]" if ":" in address else address


def spare(subnet: ipaddress.IPv4Network | ipaddress.IPv6Network) -> str:
    """Part of a subnet, for what joins the network without an address of its own choice.

    The last sixteenth; of IPv6, as many addresses as the largest IPv4 subnet has, and behind the places of that.
    """
    if isinstance(subnet, ipaddress.IPv6Network):
        size = 1 << 32 - LARGEST_PREFIX
        return f"{subnet[size]}/{subnet.max_prefixlen - LARGEST_PREFIX}"
    return str(list(subnet.subnets(prefixlen_diff=4))[-1])


def choose_addresses(network: Network, role: str, count: int, taken: dict[int, str]) -> list[str]:
    """Addresses for the hosts of a role, from the network and the role's name alone.

    The subnet is cut into 16 blocks; a role's block follows from its name, so that another role, or one more host
    of this one, renumbers nothing. Where two names meet in a block, the later one takes the next free block.

    Args:
        network: where the hosts stand.
        role: name of the group of hosts.
        count: how many hosts.
        taken: block number to role; the choice is added to it.

    Returns:
        As many addresses as hosts; empty strings where the network or the block has no room (a rule says so).
    """
    subnet = network.subnet
    block = _free_block(role, taken)
    if subnet is None or block is None:
        return [""] * count
    taken[block] = role
    size = subnet.num_addresses // BLOCKS
    return [network.address(block * size + index) if index < size else "" for index in range(count)]


def _free_block(role: str, taken: dict[int, str]) -> int | None:
    usable = range(RESERVED_BLOCKS, BLOCKS - 1)
    start = zlib.crc32(role.encode()) % len(usable)
    candidates = [usable[(start + step) % len(usable)] for step in range(len(usable))]
    return next((block for block in candidates if block not in taken), None)


def check_network(network: Network) -> Iterator[Problem]:
    """Rules of the network itself."""
    path = f"network {network.name}"
    yield from fields.text(
        f"{path}.name", network.name, fields.NAME, "lower-case letters, digits and hyphens, 30 at most"
    )
    if network.subnet is None:
        yield Problem(
            f"{path}.cidr",
            f"must be an IPv4 subnet between /{LARGEST_PREFIX} and /{SMALLEST_PREFIX}, with no host bits set",
            "write it as 10.10.0.0/24",
            network.cidr,
        )
    if network.cidr6 and network.subnet6 is None:
        rule = f"must be an IPv6 subnet of /{PREFIX6}, with no host bits set"
        yield Problem(f"{path}.cidr6", rule, "write it as fd00:10::/64", network.cidr6)
    yield from _check_firewall(f"{path}.firewall", network.firewall)
    if network.platform:
        yield from fields.choice(f"{path}.platform", network.platform, tuple(PLATFORMS))


def _check_firewall(path: str, firewall: object) -> Iterator[Problem]:
    if isinstance(firewall, Firewall):
        yield from firewall.check(path)
    elif firewall is not None:
        yield Problem(path, "must be a Firewall, or None for none", "write Firewall(management=[...])", firewall)


def check_hosts(network: Network, hosts: tuple[Host, ...]) -> Iterator[Problem]:
    """Every host has a name of its own, and an address that the network could give."""
    for host in hosts:
        yield from fields.text(
            f"host {host.name}.name", host.name, fields.NAME, "lower-case letters, digits and hyphens, 30 at most"
        )
        yield from fields.text(
            f"host {host.name}.interface", host.interface, fields.INTERFACE, "an interface such as eth0"
        )
        if host.address6 and not fields.is_ipv6(host.address6):
            rule = "must be an IPv6 address such as fd00:10::32"
            yield Problem(f"host {host.name}.address6", rule, "correct the address", host.address6)
        if host.address:
            yield from fields.ipv4(f"host {host.name}.address", host.address)
        elif network.subnet is not None:
            yield Problem(
                f"host {host.name}.address",
                f"network {network.name} ({network.cidr}) has no address left in this role's block",
                "take a larger network: a role gets one sixteenth of it",
            )
