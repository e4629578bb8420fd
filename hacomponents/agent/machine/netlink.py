"""Taking an address off this host by rtnetlink(7): no program is started, which takes long on a busy host."""

import errno
import socket
import struct

RTM_DELADDR = 21
REQUEST_AND_ACKNOWLEDGE = 0x1 | 0x4  # NLM_F_REQUEST, NLM_F_ACK
IFA_LOCAL = 2
HEADER = struct.Struct("=IHHII")  # length, type, flags, sequence, port
ATTRIBUTE = struct.Struct("=HH")  # length, type; the address follows
ERROR = struct.Struct("=i")
# On that interface, or it is gone meanwhile, or has no IPv6.
ABSENT = (0, errno.EADDRNOTAVAIL, errno.ENODEV, errno.ENXIO)


def remove_address(vip: str) -> None:
    """Remove ``vip``, an address with its prefix length, from whatever interface has it.

    Not there is fine. Raises OSError; needs CAP_NET_ADMIN.
    """
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, socket.NETLINK_ROUTE) as kernel:
        for index, _ in socket.if_nameindex():
            kernel.send(_request(vip, index))
            code = -ERROR.unpack_from(kernel.recv(4096), HEADER.size)[0]
            if code not in ABSENT:
                raise OSError(code, f"{vip} cannot be removed")


def _request(vip: str, interface: int) -> bytes:
    address, _, prefix = vip.partition("/")
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    local = socket.inet_pton(family, address)
    message = struct.pack("=BBBBI", family, int(prefix), 0, 0, interface)
    message += ATTRIBUTE.pack(ATTRIBUTE.size + len(local), IFA_LOCAL) + local
    return HEADER.pack(HEADER.size + len(message), RTM_DELADDR, REQUEST_AND_ACKNOWLEDGE, 0, 0) + message
