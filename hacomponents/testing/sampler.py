"""Who holds an address: samples of /proc/<pid>/net, from a container that sees the machine's processes.

It runs there by itself: `python3 -c <this text> <order as JSON>`. It writes "running" after the first sample, then the
holders whenever they change, until standard input ends (or the bound of the order), then its report: JSON on one line.
"""

from __future__ import annotations

import json
import re
import socket
import sys
import threading
import time
from pathlib import Path
from typing import Any

LOCAL = re.compile(r"\|-- (\S+)\n\s+/32 host LOCAL")
# A host that is off is looked for so often, not at every sample: it means reading all processes.
SEARCH_EVERY = 0.05


def _addresses(process: int) -> frozenset[str]:
    """All local addresses of a process's network namespace; none where the process is gone."""
    found = frozenset(LOCAL.findall(_text(f"/proc/{process}/net/fib_trie")))
    digits = (line.split()[0] for line in _text(f"/proc/{process}/net/if_inet6").splitlines())
    return found.union(socket.inet_ntop(socket.AF_INET6, bytes.fromhex(each)) for each in digits)


def _text(path: str) -> str:
    """What a file of the kernel holds; nothing where it is gone, or has no IPv6."""
    try:
        return Path(path).read_text()
    except OSError:
        return ""


def _processes() -> list[int]:
    return [int(path.name) for path in Path("/proc").iterdir() if path.name.isdigit()]


def _started(process: int) -> int:
    """In clock ticks since the machine's start (proc(5), field 22 of `stat`); last where the process is gone."""
    try:
        return int(Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[19])
    except OSError:
        return sys.maxsize


class Sampler:
    """Hosts, each by a process that has the host's own address in its network namespace."""

    def __init__(self, hosts: dict[str, str], vip: str) -> None:
        self._hosts = hosts
        self._vip = vip
        self._processes: dict[str, int] = {}
        self._search_at = 0.0

    def holders(self) -> list[str]:
        """The hosts that hold the address now."""
        if len(self._processes) < len(self._hosts) and time.monotonic() >= self._search_at:
            self._search()
        found = [host for host in self._hosts if self._holds(host)]
        # The address may have moved on while we looked: who had it before the last one was seen must have it still.
        return [host for host in found if host == found[-1] or self._holds(host)]

    def _holds(self, host: str) -> bool:
        return self._vip in self._addresses_of(host)

    def _addresses_of(self, host: str) -> frozenset[str]:
        found = _addresses(self._processes[host]) if host in self._processes else frozenset()
        if self._hosts[host] not in found:
            self._processes.pop(host, None)
            return frozenset()
        return found

    def _search(self) -> None:
        missing = {address: host for host, address in self._hosts.items() if host not in self._processes}
        # The oldest process is the host's first one; those of `docker exec` and helpers come and go.
        for process in sorted(_processes(), key=_started):
            for address in missing.keys() & _addresses(process):
                self._processes.setdefault(missing[address], process)
        self._search_at = time.monotonic() + SEARCH_EVERY


def _end_of_input() -> threading.Event:
    ended = threading.Event()

    def wait() -> None:
        sys.stdin.read()
        ended.set()

    threading.Thread(target=wait, daemon=True).start()
    return ended


def _tell(holders: list[str]) -> None:
    sys.stdout.write(json.dumps({"holders": holders}) + "\n")
    sys.stdout.flush()


def watch(order: dict[str, Any]) -> dict[str, Any]:
    """Samples until the end; what changed, and the longest time between two samples."""
    sampler = Sampler(order["hosts"], order["vip"])
    ended = _end_of_input()
    moves = [(0.0, sampler.holders())]
    started = before = time.monotonic()
    resolution = 0.0
    sys.stdout.write("running\n")
    _tell(moves[-1][1])
    while not ended.wait(order["every"]) and before - started < order["seconds"]:
        now, holders = time.monotonic(), sampler.holders()
        if holders != moves[-1][1]:
            moves.append((now - started, holders))
            _tell(holders)
        resolution, before = max(resolution, now - before), now
    return {"moves": moves, "resolution": resolution, "seconds": time.monotonic() - started, "began": started}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(watch(json.loads(sys.argv[1]))))
