"""One web site of the reverse-proxy tier."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hacomponents.errors import Problem
from hacomponents.topology import fields, languages
from hacomponents.topology.tier import Tier

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from hacomponents.topology.tier import TierInput

SIZE = re.compile(r"[1-9][0-9]{0,8}[kKmMgG]?")


@dataclass(frozen=True)
class VirtualHost:
    """A web site, by the names that clients ask for (nginx calls it a `server`).

    Args:
        name: unique in its tier; its upstream and its logs are called so.
        to: the tier behind.
        server_name: names of the site; `_` for any. Default: any.
        keepalive: idle connections that a worker keeps to the tier behind; 0 for none. Default: 64.
        proxy_connect_timeout: seconds. Default: 2.
        proxy_read_timeout: seconds of silence. Default: 60.
        proxy_next_upstream_tries: servers tried for one request. Default: 2.
        client_max_body_size: largest upload, such as 10m. Default: 10m.
        extra_config: further lines of the `server` block, in nginx's language. Default: none.
    """

    name: str
    to: TierInput
    server_name: Sequence[str] = ("_",)
    keepalive: int = 64
    proxy_connect_timeout: float = 2
    proxy_read_timeout: float = 60
    proxy_next_upstream_tries: int = 2
    client_max_body_size: str = "10m"
    extra_config: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        """The names that it answers to; none while they are wrong (a rule says so)."""
        return () if isinstance(self.server_name, str) else tuple(map(str, self.server_name))

    @property
    def targets(self) -> Mapping[str, TierInput]:
        """The tiers that it asks, by field."""
        return {"to": self.to}

    @property
    def behind(self) -> Tier:
        """The tier that `to` stands for."""
        return self.to if isinstance(self.to, Tier) else self.to.tier

    def check(self, path: str) -> Iterator[Problem]:
        """Rules of the site's own settings."""
        yield from fields.text(
            f"{path}.name", self.name, fields.NAME, "lower-case letters, digits and hyphens, 30 at most"
        )
        yield from fields.integer(f"{path}.keepalive", self.keepalive, 0, 10000)
        yield from fields.seconds(f"{path}.proxy_connect_timeout", self.proxy_connect_timeout, 0.1, 75)
        yield from fields.seconds(f"{path}.proxy_read_timeout", self.proxy_read_timeout, 0.1, 86400)
        yield from fields.integer(f"{path}.proxy_next_upstream_tries", self.proxy_next_upstream_tries, 1, 100)
        yield from fields.text(f"{path}.client_max_body_size", self.client_max_body_size, SIZE, "a size such as 10m")
        yield from self._check_server_name(f"{path}.server_name")
        yield from fields.extra_config(f"{path}.extra_config", self.extra_config, languages.nginx)

    def _check_server_name(self, path: str) -> Iterator[Problem]:
        if isinstance(self.server_name, str) or not self.server_name:
            yield Problem(path, "must be a list of names", 'write ["www.example.com"]', self.server_name)
            return
        for index, name in enumerate(self.server_name):
            shape = "a host name such as www.example.com, or _"
            yield from fields.text(f"{path}[{index}]", name, fields.SERVER_NAME, shape)
        if len({name.lower() for name in self.names}) < len(self.names):
            yield Problem(path, "names one name twice", "remove one", self.server_name)
