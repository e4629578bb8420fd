"""`python -m bench.firewall`: what a host's firewall costs it, without memory of connections as ours, and with it."""

from __future__ import annotations

import json
from contextlib import contextmanager
from statistics import median
from typing import TYPE_CHECKING

from bench.images import role_image
from bench.load import CONNECTIONS, LoadClient
from hacomponents.render.nftables import files_for
from hacomponents.testing.docker import docker, inspect
from hacomponents.topology.firewall import Firewall
from hacomponents.topology.network import Host, Network
from hacomponents.topology.reverse_proxy import ReverseProxy
from hacomponents.topology.site import Site
from toolchain.progress import say

if TYPE_CHECKING:
    from collections.abc import Iterator

NAME = "hacomponents-bench-firewall"
ROUNDS = 8
SECONDS = 4
NGINX = """\
worker_processes 1;
events { worker_connections 4096; }
http { access_log off; keepalive_requests 1000000; server { listen 80; location / { return 200 "ok\\n"; } } }
"""
OURS = "tcp flags & (fin | syn | rst | ack) != syn accept"
TRACKED = "ct state established,related accept"
# Not a user's network of Docker, in which its own translation of addresses tracks every connection.
BRIDGE = "bridge"


def rules(judge: str) -> str:
    """Those of a host with a site for everybody; `judge` is what becomes of packets of known connections."""
    network = Network("bench", "10.10.0.0/24", firewall=(firewall := Firewall()))
    host = Host("web-1", "10.10.0.30")
    site = Site("bench", network, (ReverseProxy("web", (host,), ()),))
    (entry,) = files_for(host, site, firewall).files.values()
    return str(entry["content"]).replace(OURS, judge).replace("@@digest:nftables@@", "0" * 12)


WAYS = {"none": "flush ruleset", "ours": rules(OURS), "tracked": rules(TRACKED)}


@contextmanager
def server() -> Iterator[str]:
    """An nginx that answers by itself, for as long as the context lasts; its container's address."""
    image = role_image("firewall", ("nginx-light", "nftables"))
    docker("run", "--detach", "--rm", "--cap-add=NET_ADMIN", "--name", NAME, image, "sleep", "infinity")
    try:
        docker("exec", "-i", NAME, "sh", "-c", "cat > /etc/nginx/nginx.conf && nginx", stdin=NGINX)
        yield inspect(NAME, "{{.NetworkSettings.IPAddress}}")
    finally:
        docker("rm", "--force", NAME)


def ask(client: LoadClient, url: str, kind: str) -> float:
    """Requests a second on connections that are kept, or on a new one each."""
    header = ["--header", "Connection: close"] if kind == "new" else []
    wrk = ["wrk", "--threads=1", f"--connections={CONNECTIONS}", f"--duration={SECONDS}s", "--script=/wrk.lua"]
    said = docker("exec", "--env", "SPREAD=0", client.name, *wrk, *header, url, timeout=60)
    report = json.loads(said.splitlines()[-1])
    return float(report["requests"] / report["seconds"])


def main() -> None:
    """Each way in turn in every round; the medians of the rounds, each to that of no firewall in the same round."""
    seen: dict[tuple[str, str], list[float]] = {}
    with server() as address, LoadClient(f"{NAME}-client", BRIDGE) as client:
        for _ in range(ROUNDS):
            for kind in ("kept", "new"):
                for way, text in WAYS.items():
                    docker("exec", NAME, "nft", "flush ruleset")
                    docker("exec", NAME, "nft", text)
                    seen.setdefault((kind, way), []).append(ask(client, f"http://{address}:80/", kind))
    for (kind, way), rates in seen.items():
        ratios = [rate / none for rate, none in zip(rates, seen[kind, "none"], strict=True)]
        spread = f"{min(ratios):.2f} to {max(ratios):.2f}"
        say(f"{kind:5} {way:8} {median(rates):7.0f} requests/s, {median(ratios):.3f} of none ({spread})")


if __name__ == "__main__":
    main()
