"""Asking a link who has an address (RFC 826), by a raw packet: the only way to see another host's VIP from outside."""

import select
import socket
import struct
import typing

from .packets import heard

ETHERTYPE = 0x0806
BROADCAST = b"\xff" * 6
REQUEST, REPLY = 1, 2
ETHERNET_IPV4 = struct.pack("!HHBB", 1, 0x0800, 6, 4)
NOBODY = bytes(4)  # who asks without an address changes nobody's table, and is answered on any interface (RFC 5227)


class Link:
    """The ARP packets of ``interface``. Needs CAP_NET_RAW."""

    def __init__(self, interface: str) -> None:
        self._socket = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETHERTYPE))
        self._socket.bind((interface, ETHERTYPE))
        self._own: bytes = self._socket.getsockname()[4]

    def ask(self, address: str, source: str) -> None:
        """Ask everybody who has ``address``, from ``source``."""
        _send(self._socket, _request(self._own, socket.inet_aton(source), socket.inet_aton(address)))

    def answers(self) -> typing.Iterator[str]:
        """Return the addresses that others have answered for since the last call."""
        while select.select([self._socket], [], [], 0)[0]:
            try:
                sender, claimed = _answer(self._socket.recv(128))
            except OSError:  # the link is down
                return
            if claimed and sender != self._own:
                yield socket.inet_ntoa(claimed)


def who_has(address: str, interface: str) -> typing.List[str]:
    """Return the hardware addresses of those that answer for ``address``, sorted.

    Asks once on ``interface``, and listens for 0.3 s, so that two holders are both heard. This host's own answer is
    never among them. Needs CAP_NET_RAW.
    """
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETHERTYPE)) as link:
        link.bind((interface, ETHERTYPE))
        own = link.getsockname()[4]
        _send(link, _request(own, NOBODY, socket.inet_aton(address)))
        return sorted(set(_answers(link, socket.inet_aton(address), own)))


def _send(link: socket.socket, packet: bytes) -> None:
    """Send it, or lose it where the link takes none now: a host without a network must still be able to say so."""
    try:
        link.send(packet)
    except OSError:
        return


def _request(own: bytes, source: bytes, address: bytes) -> bytes:
    header = BROADCAST + own + struct.pack("!H", ETHERTYPE)
    return header + ETHERNET_IPV4 + struct.pack("!H", REQUEST) + own + source + bytes(6) + address


def _answer(packet: bytes) -> typing.Tuple[bytes, bytes]:
    """Return who answers, and for which address; nothing for a question."""
    body = packet[14:]
    return (body[8:14], body[14:18]) if body[6:8] == struct.pack("!H", REPLY) else (b"", b"")


def _answers(link: socket.socket, address: bytes, own: bytes) -> typing.Iterator[str]:
    for packet in heard(link):
        sender, claimed = _answer(packet)
        if claimed == address and sender != own:
            yield ":".join(f"{byte:02x}" for byte in sender)
