"""Taking an address off this host by rtnetlink(7): no program is started, which takes long on a busy host."""

import errno
import socket
import struct

RTM_DELADDR = 21
REQUEST_AND_ACKNOWLEDGE = 0x1 | 0x4  # NLM_F_REQUEST, NLM_F_ACK
IFA_LOCAL = 2
HEADER = struct.Struct("=IHHII")  # length, type, flags, sequence, port
ATTRIBUTE = struct.Struct("=HH4s")
ERROR = struct.Struct("=i")
ABSENT = (0, errno.EADDRNOTAVAIL, errno.ENODEV)  # on that interface, or gone meanwhile


def remove_address(address: str) -> None:
    """Remove the IPv4 ``address`` from whatever interface has it; not there is fine. Raises OSError; CAP_NET_ADMIN."""
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, socket.NETLINK_ROUTE) as kernel:
        for index, _ in socket.if_nameindex():
            kernel.send(_request(address, index))
            code = -ERROR.unpack_from(kernel.recv(4096), HEADER.size)[0]
            if code not in ABSENT:
                raise OSError(code, f"{address} cannot be removed")


def _request(address: str, interface: int) -> bytes:
    message = struct.pack("=BBBBI", socket.AF_INET, 0, 0, 0, interface)
    message += ATTRIBUTE.pack(ATTRIBUTE.size, IFA_LOCAL, socket.inet_aton(address))
    return HEADER.pack(HEADER.size + len(message), RTM_DELADDR, REQUEST_AND_ACKNOWLEDGE, 0, 0) + message
