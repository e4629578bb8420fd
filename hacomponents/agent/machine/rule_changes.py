"""Hearing of every change of nftables' rules, from the kernel, by netlink(7)."""

import contextlib
import select
import socket

NETFILTER = 12  # NETLINK_NETFILTER
GROUP = 7  # NFNLGRP_NFTABLES


class RuleChanges:
    """What has happened to the rules of this host, whoever did it. Needs CAP_NET_ADMIN."""

    def __init__(self) -> None:
        self._kernel = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW | socket.SOCK_NONBLOCK, NETFILTER)
        self._kernel.bind((0, 1 << GROUP - 1))

    def close(self) -> None:
        """Stop listening."""
        self._kernel.close()

    def wait(self, seconds: float) -> bool:
        """Wait up to ``seconds`` for a change of nftables' rules. Returns whether there was one."""
        if not select.select([self._kernel], [], [], seconds)[0]:
            return False
        with contextlib.suppress(OSError):  # none is left, or there were more than there was room for
            while self._kernel.recv(65536):
                pass
        return True
