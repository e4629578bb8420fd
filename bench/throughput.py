"""`python -m bench.throughput`: requests, times and processor time of the Rails article's chain, ours, and none."""

from __future__ import annotations

from bench import records
from bench.chains import NETWORK, chains
from bench.cost import ask
from bench.load import LoadClient
from toolchain.progress import say

APPLICATIONS = ("light", "rails")
ROUNDS = 6
SECONDS = 8
WARM_UP = 3


def main() -> None:
    """Measure in front of both applications, the chains in turn within each round."""
    records.clear("throughput")
    for application in APPLICATIONS:
        with chains(application) as (ways, _), LoadClient(f"{NETWORK}-client", NETWORK) as client:
            for chain in ways.values():
                client.load(chain.url, WARM_UP, spread=chain.spread)
            for number in range(1, ROUNDS + 1):
                for name, chain in ways.items():
                    record = {"application": application, "chain": name, "round": number}
                    record |= ask(chain, client, SECONDS)
                    records.append("throughput", record)
                    say("{application} {chain} {round}: {requests} requests, p99 {p99_ms} ms".format(**record))


if __name__ == "__main__":
    main()
