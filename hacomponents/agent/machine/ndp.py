"""Asking a link who has an IPv6 address (RFC 4861): what ARP is for IPv4."""

import socket
import struct
import typing

from ..disk import files
from .packets import heard

SOLICITATION, ADVERTISEMENT = 135, 136
SOURCE_LINK_ADDRESS, TARGET_LINK_ADDRESS = 1, 2
ALL_THAT_END_SO = "ff02::1:ff00:0"  # with the last three bytes of the address (RFC 4291, 2.7.1)
OPTION = 8  # bytes, and multiples of them
HOPS = 255  # anything less was forwarded, and is ignored


def who_has(address: str, interface: str) -> typing.List[str]:
    """Return the hardware addresses of those that answer for ``address``, sorted.

    Asks once on ``interface``, and listens for 0.3 s, so that two holders are both heard. This host's own answer is
    never among them. Needs CAP_NET_RAW.
    """
    target = socket.inet_pton(socket.AF_INET6, address)
    group = socket.inet_pton(socket.AF_INET6, ALL_THAT_END_SO)[:13] + target[13:]
    with socket.socket(socket.AF_INET6, socket.SOCK_RAW, socket.IPPROTO_ICMPV6) as link:
        link.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, interface.encode())
        link.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_HOPS, HOPS)
        link.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_LOOP, 0)
        try:
            to = (socket.inet_ntop(socket.AF_INET6, group), 0, 0, socket.if_nametoindex(interface))
            link.sendto(_solicitation(target, files.text(f"/sys/class/net/{interface}/address").strip()), to)
        except OSError:  # a host without a network must still be able to say so
            return []
        return sorted(set(_answers(link, target)))


def _solicitation(target: bytes, own: str) -> bytes:
    """Return the question; the kernel fills in its checksum."""
    option = bytes((SOURCE_LINK_ADDRESS, 1)) + bytes(int(part, 16) for part in own.split(":"))
    return struct.pack("!BBHI", SOLICITATION, 0, 0, 0) + target + option


def _answers(link: socket.socket, target: bytes) -> typing.Iterator[str]:
    for packet in heard(link):
        if packet[:1] == bytes((ADVERTISEMENT,)) and packet[8:24] == target:
            yield _link_address(packet[24:])


def _link_address(options: bytes) -> str:
    """Return the hardware address among the ``options`` of an answer."""
    while len(options) >= OPTION and options[1]:
        if options[0] == TARGET_LINK_ADDRESS:
            return ":".join(f"{byte:02x}" for byte in options[2:OPTION])
        options = options[OPTION * options[1] :]
    return "somebody"
