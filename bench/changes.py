"""`python -m bench.changes`: what each setting of our chain is worth, by one change at a time."""

from __future__ import annotations

from bench import records
from bench.chains import NETWORK, chains
from bench.cost import ask
from bench.load import LoadClient
from hacomponents.topology.load_balancer import DefaultServer
from toolchain.progress import say

ROUNDS = 3
SECONDS = 4
UNLIMITED = DefaultServer(maxconn=1000)
CHANGES: dict[str, dict[str, dict[str, object]]] = {
    "ours": {},
    "two threads in haproxy": {"lb": {"nbthread": 2}},
    "no limit of requests in a server": {"lb": {"default_server": UNLIMITED}},
    "no limit, two threads": {"lb": {"default_server": UNLIMITED, "nbthread": 2}},
    "nginx keeps 8 connections": {"web": {"keepalive": 8}},
    "nginx keeps none": {"web": {"keepalive": 0}},
    "haproxy keeps none": {"lb": {"extra_config": "option http-server-close"}},
    "http-reuse always": {"lb": {"extra_config": "http-reuse always"}},
    "haproxy logs no request": {"lb": {"extra_config": "http-request set-log-level silent"}},
}


def main() -> None:
    """Measure each change in turn, in every round, in front of the light application."""
    records.clear("changes")
    with chains("light") as (ways, ours), LoadClient(f"{NETWORK}-client", NETWORK) as client:
        for number in range(1, ROUNDS + 1):
            for change, settings in CHANGES.items():
                ours.change(**settings)
                record = {"change": change, "round": number, **ask(ways["ours"], client, SECONDS)}
                records.append("changes", record)
                say("{change} {round}: {requests} requests, p99 {p99_ms} ms".format(**record))


if __name__ == "__main__":
    main()
