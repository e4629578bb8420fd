"""The real nginx, haproxy and Varnish in a row: a client asks each of them, and lies; what reaches the application."""

from __future__ import annotations

import ipaddress
import json
import os
from typing import TYPE_CHECKING, NamedTuple

import pytest

from hacomponents.render import bundle_of
from hacomponents.testing import Client, eventually
from hacomponents.testing.docker import docker
from hacomponents.topology.app import App
from hacomponents.topology.cache import Cache
from hacomponents.topology.load_balancer import Backend, LoadBalancer
from hacomponents.topology.network import Host, Network
from hacomponents.topology.reverse_proxy import ReverseProxy, VirtualHost
from hacomponents.topology.rules import problems
from hacomponents.topology.server import Folder, Thin
from hacomponents.topology.site import Site
from tests.daemons import TAG, filled
from tests.forwarded import PLAIN, spellings, telling, told
from tests.integration.docker.fresh import free_cidr

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.daemons import Lab

pytestmark = pytest.mark.daemons

ORIGIN = """
import http.server, json, sys

class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        body = json.dumps(self.headers.items()).encode()
        self.send_response(200)
        self.send_header("Cache-Control", "private")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

http.server.ThreadingHTTPServer((sys.argv[1], 3000), Handler).serve_forever()
"""
COMMANDS = {
    "nginx.conf": "nginx -c {file}",
    "haproxy.cfg": "mkdir -p /run/haproxy; haproxy -D -W -f {file}",
    "default.vcl": "varnishd -a {address}:6081 -a health=127.0.0.1:8013 -f {file}",
}
PROXY = "by-proxy.example"
# Who is asked, and by which name.
PATHS = {
    "nginx, Varnish, haproxy": ("web", 80, ""),
    "Varnish, haproxy": ("cache", 6081, ""),
    "haproxy": ("lb", 3100, ""),
    "haproxy, nginx by PROXY": ("lb", 3100, PROXY),
    "nginx, Varnish, haproxy, nginx by PROXY": ("web", 80, PROXY),
}
NAMES = [spelled for name in PLAIN for spelled in spellings(name)]
# No daemon takes all of them in one request.
LIES = [dict.fromkeys(NAMES[start::3], "lie") for start in range(3)]


class Row(NamedTuple):
    """The tiers, up, each on a host of its own.

    Args:
        addresses: of the hosts, by tier.
        client: who asks.
    """

    addresses: dict[str, str]
    client: Client


@pytest.fixture(scope="module")
def row(lab: Lab) -> Iterator[Row]:
    """NGINX, Varnish and haproxy in front of an application, and an nginx that haproxy alone speaks PROXY to."""
    del lab  # has built the image
    name, cidr = f"hacomponents-test-trust-{os.getpid()}", free_cidr()
    site = _site(cidr)
    docker("network", "create", "--subnet", cidr, "--label", "hacomponents.testing=network", name)
    try:
        for tier in site.tiers:
            _start(site, tier.hosts[0], f"{name}-{tier.name}", name)
        with Client(f"{name}-client", name) as client:
            yield Row({tier.name: tier.hosts[0].address for tier in site.tiers}, client)
    finally:
        docker("rm", "--force", *(f"{name}-{tier.name}" for tier in site.tiers))
        docker("network", "rm", name)


def _site(cidr: str) -> Site:
    names = ("app", "inner", "lb", "cache", "web")
    hosts = {name: (Host(f"{name}-1", str(ipaddress.ip_network(cidr)[10 + at])),) for at, name in enumerate(names)}
    app = App("app", hosts["app"], Thin("app", processes=1), Folder("app", {"config.ru": b"run App\n"}))
    inner = ReverseProxy("inner", hosts["inner"], (VirtualHost("inner", app),), port=8081, proxy_protocol=True)
    by_proxy = Backend(to=inner, host=(PROXY,), cookie=None)
    lb = LoadBalancer("lb", hosts["lb"], app, backends=(by_proxy,), cookie=None, maxconn=500)
    cache = Cache("cache", hosts["cache"], lb)
    web = ReverseProxy("web", hosts["web"], (VirtualHost("web", cache),))
    site = Site("site", Network("net", cidr, firewall=None), (app, inner, lb, cache, web))
    assert [] == list(problems(site))
    return site


def _start(site: Site, host: Host, name: str, network: str) -> None:
    """What a host has, or the application."""
    docker("run", "--detach", "--name", name, "--network", network, "--ip", host.address, TAG, "sleep", "3600")
    if host.name == "app-1":
        docker("exec", "--detach", name, "python3", "-c", ORIGIN, host.address)
    for path, entry in json.loads(bundle_of(site, host).text)["files"].items():
        file = path.rpartition("/")[2]
        if file in COMMANDS:
            docker("exec", "-i", name, "sh", "-c", f"cat >/{file}", stdin=filled(entry["content"]))
            docker("exec", name, "sh", "-c", COMMANDS[file].format(file=f"/{file}", address=host.address))


@pytest.mark.parametrize("headers", [{}, *LIES], ids=["honest", *(f"lies-{at}" for at in range(len(LIES)))])
@pytest.mark.parametrize("path", PATHS)
def test_a_client_is_not_believed(row: Row, path: str, headers: dict[str, str]) -> None:
    """
    Whoever of the row is asked tells the application the client's address and protocol, and those behind pass that on;
    no word of the client's own reaches it, in whichever spelling.
    """
    tier, port, host = PATHS[path]
    url = f"http://{row.addresses[tier]}:{port}/"
    named = {"Host": host} if host else {}

    answer = eventually(lambda: row.client.succeeds(url, headers={**headers, **named}), within=60).json()

    own = row.client.exec("hostname", "--ip-address").strip()
    assert told(own) == telling(answer)
