"""What moves with a VIP: the last adverts of its holders, and the kernels' own words on its address.

It runs by itself, as root: `python bench/moves.py ORDER`, where ORDER is JSON. It writes "running", then each event on
a line of JSON, until standard input ends. It does not sample: the kernel of each host tells it of every change, and it
runs at real-time priority, so two events are in their order if they are 0.1 ms apart.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import select
import socket
import struct
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

PRIORITY = 50
CLONE_NEWNET = 0x40000000
# linux/rtnetlink.h
ADDRESS_GROUP = 0x10
WORDS = {20: "there", 21: "gone"}
HEADER = struct.Struct("=IHHII")
ADDRESS = 8  # bytes of an ifaddrmsg
IFA_LOCAL = 2
# linux/if_ether.h, asm-generic/socket.h
ETH_P_IP = 0x0800
SO_TIMESTAMPNS = 35
VRRP = 112


@dataclass(frozen=True)
class Ear:
    """A socket in a host's network namespace.

    Args:
        host: its name.
        socket: of the kernel's words on addresses, or of adverts that come in.
        adverts: which of both.
    """

    host: str
    socket: socket.socket
    adverts: bool


def _ears(hosts: dict[str, int]) -> Iterator[Ear]:
    """Two for each host, whose process is given."""
    libc = ctypes.CDLL(None, use_errno=True)
    for host, process in hosts.items():
        with Path(f"/proc/{process}/ns/net").open() as namespace:
            if libc.setns(namespace.fileno(), CLONE_NEWNET):
                raise OSError(ctypes.get_errno(), f"setns of {host}: root only")
        kernel = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, socket.NETLINK_ROUTE)
        kernel.bind((0, ADDRESS_GROUP))
        yield Ear(host, kernel, adverts=False)
        wire = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(ETH_P_IP))
        wire.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
        yield Ear(host, wire, adverts=True)


def _moves(data: bytes, vip: bytes) -> Iterator[str]:
    """Whether the address came or went, for each message on it."""
    at = 0
    while at + HEADER.size <= len(data):
        length, kind, *_ = HEADER.unpack_from(data, at)
        if kind in WORDS and vip in _attributes(data[at + HEADER.size + ADDRESS : at + length]):
            yield WORDS[kind]
        at += (length + 3) & ~3


def _attributes(data: bytes) -> Iterator[bytes]:
    """The local addresses among a message's attributes."""
    at = 0
    while at + 4 <= len(data):
        length, kind = struct.unpack_from("=HH", data, at)
        if kind == IFA_LOCAL:
            yield data[at + 4 : at + length]
        at += (length + 3) & ~3


def _advert(ear: Ear) -> dict[str, Any] | None:
    """The advert that came in, with the kernel's time; None for any other packet."""
    data, ancillary, *_ = ear.socket.recvmsg(256, 64)
    start = (data[0] & 15) * 4
    if data[9] != VRRP or len(data) < start + 8:
        return None
    seconds, nanoseconds = struct.unpack("=qq", ancillary[0][2][:16])
    return {"at": seconds + nanoseconds / 1e9, "host": ear.host, "what": "advert", "priority": data[start + 2]}


def listen(order: dict[str, Any]) -> None:
    """Write each event, until the end.

    Args:
        order: `hosts`, name to a process of it; `vip`.
    """
    with contextlib.suppress(PermissionError):
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(PRIORITY))
    by_number = {ear.socket.fileno(): ear for ear in _ears(order["hosts"])}
    vip = socket.inet_aton(order["vip"])
    _say("running")
    while True:
        ready, _, _ = select.select([sys.stdin.fileno(), *by_number], [], [])
        now = time.time()
        if sys.stdin.fileno() in ready:
            return
        # What the kernels say first: it has no time but that of its reading.
        for ear in sorted((by_number[number] for number in ready), key=lambda ear: ear.adverts):
            if ear.adverts:
                event = _advert(ear)
                _say(json.dumps(event)) if event else None
                continue
            for what in _moves(ear.socket.recv(65536), vip):
                _say(json.dumps({"at": now, "host": ear.host, "what": what}))


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    listen(json.loads(sys.argv[1]))
