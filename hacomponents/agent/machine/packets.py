"""Hearing what comes on a link after a question."""

import select
import socket
import time
import typing

PATIENCE = 0.3  # seconds; a live neighbour answers in well under a millisecond
LARGEST = 256  # bytes; answers of ARP and of neighbour discovery are smaller


def heard(link: socket.socket) -> typing.Iterator[bytes]:
    """Return the packets that come within 0.3 s, so that a second answer is heard too."""
    deadline = time.monotonic() + PATIENCE
    while True:
        left = deadline - time.monotonic()
        if left <= 0 or not select.select([link], [], [], left)[0]:
            return
        yield link.recv(LARGEST)
