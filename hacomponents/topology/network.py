"""Networks, hosts, and the addresses that hosts get."""

from __future__ import annotations

import ipaddress
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hacomponents.errors import Problem
from hacomponents.topology import fields

if TYPE_CHECKING:
    from collections.abc import Iterator

BLOCKS = 16
# Blocks 0 and 1 stay free for the gateway and VIPs, the last for addresses that others get by chance.
RESERVED_BLOCKS = 2
SMALLEST_PREFIX, LARGEST_PREFIX = 28, 16


@dataclass(frozen=True)
class Host:
    """A machine of a tier.

    Args:
        name: unique in its network, such as `web-1`.
        address: its own IPv4 address; empty while the network's CIDR is wrong.
        interface: where that address is. Default: eth0.
    """

    name: str
    address: str
    interface: str = "eth0"


@dataclass(frozen=True)
class Network:
    """One link (layer 2) with its IPv4 subnet.

    Args:
        name: letters, digits, hyphens.
        cidr: the subnet, `10.10.0.0/24`; /16 to /28.
    """

    name: str
    cidr: str

    @property
    def subnet(self) -> ipaddress.IPv4Network | None:
        """The subnet, or None where the CIDR is wrong (a rule says so)."""
        try:
            subnet = ipaddress.IPv4Network(self.cidr)
        except (ValueError, TypeError):
            return None
        return subnet if LARGEST_PREFIX <= subnet.prefixlen <= SMALLEST_PREFIX else None

    @property
    def gateway(self) -> str:
        """First address of the subnet."""
        return self.address(1)

    @property
    def spare(self) -> str:
        """The last sixteenth, for what joins the network without an address of its own choice."""
        subnet = self.subnet
        return str(list(subnet.subnets(prefixlen_diff=4))[-1]) if subnet else ""

    def address(self, offset: int) -> str:
        """The address at an offset into the subnet; empty where there is none (a rule says so)."""
        subnet = self.subnet
        return str(subnet[offset]) if subnet and 0 <= offset < subnet.num_addresses else ""


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


def check_hosts(network: Network, hosts: tuple[Host, ...]) -> Iterator[Problem]:
    """Every host has a name of its own, and an address that the network could give."""
    for host in hosts:
        yield from fields.text(
            f"host {host.name}.name", host.name, fields.NAME, "lower-case letters, digits and hyphens, 30 at most"
        )
        yield from fields.text(
            f"host {host.name}.interface", host.interface, fields.INTERFACE, "an interface such as eth0"
        )
        if host.address:
            yield from fields.ipv4(f"host {host.name}.address", host.address)
        elif network.subnet is not None:
            yield Problem(
                f"host {host.name}.address",
                f"network {network.name} ({network.cidr}) has no address left in this role's block",
                "take a larger network: a role gets one sixteenth of it",
            )
