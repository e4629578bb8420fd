"""One web site of the reverse-proxy tier."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from hacomponents.errors import Problem
from hacomponents.topology import fields, languages
from hacomponents.topology.named_secrets import Secrets, check_named
from hacomponents.topology.reverse_proxy.balance_method import Balance, check_balance
from hacomponents.topology.reverse_proxy.gzip import Gzip
from hacomponents.topology.reverse_proxy.memcached_lookup import MemcachedLookup
from hacomponents.topology.reverse_proxy.names import ANY, check_names, check_redirect
from hacomponents.topology.reverse_proxy.protection import Limits, added_headers, check_headers
from hacomponents.topology.reverse_proxy.tls import Tls
from hacomponents.topology.secret import SECRET
from hacomponents.topology.tier import check_speaks_http, tier_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from hacomponents.topology.reverse_proxy.tls import SelfSigned
    from hacomponents.topology.tier import Tier, TierInput

NEXT_UPSTREAM = (
    *("error", "timeout", "invalid_header", "http_500", "http_502", "http_503", "http_504"),
    *("http_403", "http_404", "http_429", "off"),
)
SIZE = re.compile(r"[1-9][0-9]{0,8}[kKmMgG]?")


@dataclass(frozen=True)
class VirtualHost:
    """A web site, by the names that clients ask for (nginx calls it a `server`).

    Args:
        name: unique in its tier; its upstream and its logs are called so.
        to: the tier behind.
        server_name: names of the site; `_` for any. Default: any.
        redirect_from: other names, which are sent to the first server_name with the same path (308, so that the method
            stays too). Default: none.
        balance: round_robin, least_conn, ip_hash (clients of one /24 go to one server) or a `Hash`. Default:
            round_robin.
        keepalive: idle connections that a worker keeps to the tier behind; 0 for none. Default: 64.
        proxy_connect_timeout: seconds. Default: 2.
        proxy_read_timeout: seconds of silence. Default: 60.
        proxy_next_upstream: what sends a request to the next server; one that may have changed something, such as a
            POST, only where it had not been sent yet. Default: error and timeout.
        proxy_next_upstream_tries: servers tried for one request. Default: 2.
        client_max_body_size: largest upload, such as 10m. Default: 10m.
        memcached: pages that need not be asked for, by a `MemcachedLookup`. Default: none.
        tls: HTTPS, by a `Tls` or by a `SelfSigned` to try it out. Default: none.
        gzip: compression of answers, by a `Gzip`. Default: none.
        limits: what one client may ask, by a `Limits`. Default: anything.
        headers: added to each answer where the application does not set them; None leaves out one that is added by
            default. Default: those of `SECURITY_HEADERS`.
        extra_config: further lines of the `server` block, in nginx's language. Default: none.
        secrets: what `@@NAME@@` in `extra_config` stands for, by name. Default: none.
    """

    name: str
    to: TierInput
    server_name: Sequence[str] = (ANY,)
    redirect_from: Sequence[str] = ()
    balance: Balance = "round_robin"
    keepalive: int = 64
    proxy_connect_timeout: float = 2
    proxy_read_timeout: float = 60
    proxy_next_upstream: Sequence[str] = ("error", "timeout")
    proxy_next_upstream_tries: int = 2
    client_max_body_size: str = "10m"
    memcached: MemcachedLookup | None = None
    tls: Tls | SelfSigned | None = None
    gzip: Gzip | None = None
    limits: Limits | None = None
    headers: Mapping[str, str | None] = field(default_factory=dict)
    extra_config: str = ""
    secrets: Secrets = field(default_factory=dict, metadata=SECRET)

    @property
    def names(self) -> Mapping[str, tuple[str, ...]]:
        """The names that it answers to, by field."""
        return {field: fields.texts(getattr(self, field)) for field in ("server_name", "redirect_from")}

    @property
    def all_names(self) -> tuple[str, ...]:
        """The same, without the fields."""
        return tuple(name for names in self.names.values() for name in names)

    @property
    def added_headers(self) -> Mapping[str, str]:
        """The headers that answers get where the application does not set them, but for those of TLS."""
        return added_headers(self.headers)

    @property
    def targets(self) -> Mapping[str, TierInput]:
        """The tiers that it asks, by field."""
        lookup = {"memcached.to": self.memcached.to} if isinstance(self.memcached, MemcachedLookup) else {}
        return {"to": self.to, **lookup}

    @property
    def behind(self) -> Tier:
        """The tier that `to` stands for."""
        return tier_of(self.to)

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
        yield from check_redirect(f"{path}.redirect_from", self.redirect_from, self.server_name)
        yield from check_balance(f"{path}.balance", self.balance)
        yield from self._check_next_upstream(f"{path}.proxy_next_upstream")
        yield from self._check_memcached(path)
        yield from self._check_tls(f"{path}.tls")
        for name, kind in (("gzip", Gzip), ("limits", Limits)):
            yield from fields.nested(f"{path}.{name}", getattr(self, name), kind, optional=True)
        yield from check_headers(f"{path}.headers", self.headers)
        yield from fields.extra_config(f"{path}.extra_config", self.extra_config, languages.nginx)
        yield from check_named(path, self.secrets, {"extra_config": self.extra_config})

    def _check_server_name(self, path: str) -> Iterator[Problem]:
        yield from check_names(path, self.server_name)
        if self.server_name in ((), []):
            yield Problem(path, "must hold a name", 'write ["www.example.com"]', self.server_name)

    def _check_memcached(self, path: str) -> Iterator[Problem]:
        yield from check_speaks_http(f"{path}.to", self.to, "write memcached=MemcachedLookup(to=...)")
        yield from fields.nested(f"{path}.memcached", self.memcached, MemcachedLookup, "to=...", optional=True)

    def _check_tls(self, path: str) -> Iterator[Problem]:
        if isinstance(self.tls, Tls):
            yield from self.tls.check(path, self.all_names)
        elif self.tls is not None:
            yield Problem(path, "must be a Tls", "write Tls(certificate=..., key=...) or SelfSigned()", self.tls)

    def _check_next_upstream(self, path: str) -> Iterator[Problem]:
        words = self.proxy_next_upstream
        if not isinstance(words, tuple | list) or not words:
            yield Problem(path, "must be a list of words", 'write ["error", "timeout"], or ["off"]', words)
            return
        for index, word in enumerate(words):
            yield from fields.choice(f"{path}[{index}]", word, NEXT_UPSTREAM)
        if len(set(map(str, words))) < len(words) or ("off" in words and len(words) > 1):
            yield Problem(path, "must hold each word once, and off alone", "remove the others", words)
