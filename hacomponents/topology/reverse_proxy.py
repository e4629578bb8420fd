"""The reverse-proxy tier: nginx, the site's front."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hacomponents.errors import Problem
from hacomponents.topology import fields, languages
from hacomponents.topology.tier import AGENT_CHECK, Endpoint, Listener, Service, Tier, endpoints

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from hacomponents.topology.network import Host, Network
    from hacomponents.topology.vip import Vip

# On loopback, for the check of keepalived and the proof of a push.
STATUS_PORT = 8009
HEALTH = f"http://127.0.0.1:{STATUS_PORT}/health"
SIZE = re.compile(r"[1-9][0-9]{0,8}[kKmMgG]?")


@dataclass(frozen=True)
class ReverseProxy:
    """Hosts with nginx.

    Args:
        name: unique in the site.
        hosts: two with a VIP, or any number without.
        to: the tier behind.
        vip: the address that moves between the two hosts.
        port: of the site. Default: 80.
        server_name: names of the site; `_` for any. Default: any.
        worker_connections: of each of nginx's workers. Default: 4096.
        keepalive: idle connections that a worker keeps to the tier behind; 0 for none. Default: 64.
        proxy_connect_timeout: seconds. Default: 2.
        proxy_read_timeout: seconds of silence. Default: 60.
        proxy_next_upstream_tries: servers tried for one request. Default: 2.
        client_max_body_size: largest upload, such as 10m. Default: 10m.
        extra_config: further lines of the site's `server` block, in nginx's language. Default: none.
    """

    name: str
    hosts: tuple[Host, ...]
    to: Tier
    vip: Vip | None = None
    port: int = 80
    server_name: Sequence[str] = ("_",)
    worker_connections: int = 4096
    keepalive: int = 64
    proxy_connect_timeout: float = 2
    proxy_read_timeout: float = 60
    proxy_next_upstream_tries: int = 2
    client_max_body_size: str = "10m"
    extra_config: str = ""

    @property
    def endpoints(self) -> tuple[Endpoint, ...]:
        """Where clients of this tier go."""
        return endpoints(self.name, self.hosts, self.vip, self.port)

    @property
    def listeners(self) -> tuple[Listener, ...]:
        """The site, the loopback port of the status pages, and the port of the agent's check."""
        own = (Listener("the status pages of nginx", STATUS_PORT), AGENT_CHECK)
        return (*own, Listener(f"{self.name}.port", self.port))

    @property
    def services(self) -> tuple[Service, ...]:
        """The daemon, nginx."""
        return (Service("nginx", HEALTH),)

    def check(self, network: Network) -> Iterator[Problem]:
        """Rules of nginx's settings."""
        del network
        name = self.name
        yield from fields.integer(f"{name}.port", self.port, 1, 65535)
        yield from fields.integer(f"{name}.worker_connections", self.worker_connections, 16, 65535)
        yield from fields.integer(f"{name}.keepalive", self.keepalive, 0, 10000)
        yield from fields.seconds(f"{name}.proxy_connect_timeout", self.proxy_connect_timeout, 0.1, 75)
        yield from fields.seconds(f"{name}.proxy_read_timeout", self.proxy_read_timeout, 0.1, 86400)
        yield from fields.integer(f"{name}.proxy_next_upstream_tries", self.proxy_next_upstream_tries, 1, 100)
        yield from fields.text(f"{name}.client_max_body_size", self.client_max_body_size, SIZE, "a size such as 10m")
        yield from self._check_server_name()
        yield from fields.extra_config(f"{name}.extra_config", self.extra_config, languages.nginx)

    def _check_server_name(self) -> Iterator[Problem]:
        if isinstance(self.server_name, str) or not self.server_name:
            yield Problem(
                f"{self.name}.server_name", "must be a list of names", 'write ["www.example.com"]', self.server_name
            )
            return
        for index, server_name in enumerate(self.server_name):
            where = f"{self.name}.server_name[{index}]"
            yield from fields.text(where, server_name, fields.SERVER_NAME, "a host name such as www.example.com, or _")
        if len({str(name).lower() for name in self.server_name}) < len(self.server_name):
            yield Problem(f"{self.name}.server_name", "names one name twice", "remove one", self.server_name)
