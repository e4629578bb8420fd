"""Which servers a request may go to, and how one of them is chosen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import product
from typing import TYPE_CHECKING

from hacomponents.errors import Problem
from hacomponents.topology import fields, languages
from hacomponents.topology.load_balancer.balance_algorithm import HASH_TYPES, Balance, Hdr, check_balance
from hacomponents.topology.load_balancer.servers import HEAVIEST, DefaultServer, HttpCheck
from hacomponents.topology.load_balancer.stickiness import Cookie, StickTable, check_flags
from hacomponents.topology.named_secrets import Secrets, check_named
from hacomponents.topology.secret import SECRET
from hacomponents.topology.tier import check_speaks_http

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from hacomponents.topology.tier import Endpoint, Tier, TierInput

NESTED = {"cookie": Cookie, "stick": StickTable, "httpchk": HttpCheck, "default_server": DefaultServer}


@dataclass(frozen=True, kw_only=True)
class BackendSettings:
    """What can be set for any backend.

    Args:
        balance: haproxy's algorithm. Default: roundrobin; with a stick table by address or header, a hash of the same,
            so that who comes while a new process is still being taught the table goes where it went before.
        hash_type: where the server follows from something in the request: `consistent`, a server that comes or goes
            moves its own share only, or `map-based`, smoother, and nearly all move. Default: consistent.
        cookie: stickiness by a cookie; None for none. Default: `Cookie()`.
        stick: stickiness by a table; None for none. Default: None.
        cookie_flags: `HttpOnly`, `Secure`: what every cookie that a client is sent gets, where it lacks it.
            Default: none.
        httpchk: a request that checks a server; None for a TCP connection. Default: None.
        default_server: of every server. Default: `DefaultServer()`.
        weights: a host's or a server's weight, 1 to 256, by its name, such as `app-2` or `app-2-3000`. Default: none,
            all have that of `default_server`.
        drain: names of hosts or servers that get no new clients. Those that stick to them are served until they are
            taken from their tier, and from here. Default: none.
        extra_config: further lines of the backend, in haproxy's language. Default: none.
        secrets: what `@@NAME@@` in `extra_config` stands for, by name. Default: none.
    """

    balance: Balance | None = None
    hash_type: str = "consistent"
    cookie: Cookie | None = field(default_factory=Cookie)
    stick: StickTable | None = None
    cookie_flags: Sequence[str] = ()
    httpchk: HttpCheck | None = None
    default_server: DefaultServer = field(default_factory=DefaultServer)
    weights: Mapping[str, int] = field(default_factory=dict)
    drain: Sequence[str] = ()
    extra_config: str = ""
    secrets: Secrets = field(default_factory=dict, metadata=SECRET)

    @property
    def algorithm(self) -> Balance:
        """The effective `balance`: as given, else derived from the stick table."""
        on = self.stick.on if self.stick else ""
        by_key = "source" if on == "src" else on if isinstance(on, Hdr) else "roundrobin"
        return by_key if self.balance is None else self.balance

    def weight(self, server: Endpoint, to: Tier) -> int | None:
        """The weight of one server: 0 for one that is drained, None for the default."""
        names = _names(server, to)
        if any(name in self.drain for name in names):
            return 0
        return next((self.weights[name] for name in names if name in self.weights), None)

    def check_settings(self, path: str) -> Iterator[Problem]:
        """Rules of the settings.

        Args:
            path: of the backend.
        """
        if self.balance is not None:
            yield from check_balance(f"{path}.balance", self.balance)
        yield from fields.choice(f"{path}.hash_type", self.hash_type, HASH_TYPES)
        yield from check_flags(f"{path}.cookie_flags", self.cookie_flags)
        for name, kind in NESTED.items():
            optional = name != "default_server"
            yield from fields.nested(f"{path}.{name}", getattr(self, name), kind, optional=optional)
        yield from self._check_weights(f"{path}.weights")
        if not isinstance(self.drain, tuple | list):
            yield Problem(f"{path}.drain", "must be a list of names", 'write ["app-2"]', self.drain)
        yield from fields.extra_config(f"{path}.extra_config", self.extra_config, languages.haproxy)
        yield from check_named(path, self.secrets, {"extra_config": self.extra_config})

    def _check_weights(self, path: str) -> Iterator[Problem]:
        if not isinstance(self.weights, Mapping):
            yield Problem(path, "must be a dict of names to weights", 'write {"app-2": 50}', self.weights)
            return
        for name, weight in self.weights.items():
            yield from fields.integer(f"{path}[{name!r}]", weight, 1, HEAVIEST)
        if self.weights and self.balance == "first":
            yield Problem(path, "means nothing to balance first", "leave them out, or choose another", self.weights)

    def check_servers(self, path: str, to: Tier) -> Iterator[Problem]:
        """Rules of what names servers: each is there, and some are left.

        Args:
            path: of the backend.
            to: the tier behind.
        """
        named = ((f"{path}.weights[{name!r}]", name) for name in self.weights)
        drained = ((f"{path}.drain[{index}]", name) for index, name in enumerate(self.drain))
        known = dict.fromkeys(name for server in to.endpoints for name in reversed(_names(server, to)))
        for where, name in (*named, *drained):
            if name not in known:
                rule = f"is no host or server of {to.name}"
                yield Problem(where, rule, f"take one of {', '.join(known)}", name)
        if all(self.weight(server, to) == 0 for server in to.endpoints):
            yield Problem(f"{path}.drain", "leaves no server for new clients", "keep at least one", self.drain)


@dataclass(frozen=True, kw_only=True)
class Backend(BackendSettings):
    """A tier behind the balancer, beside that of `to=`, for some of the requests.

    The first backend whose conditions all hold gets a request; the tier's own `to` gets the rest.

    Args:
        to: the tier behind.
        host: names in the Host header, any of them. Default: any name.
        path_beg: beginnings of the path, any of them, such as `/api/`. Default: any path.
        port: of a frontend of its own. Default: that of the tier.
    """

    to: TierInput
    host: Sequence[str] = ()
    path_beg: Sequence[str] = ()
    port: int | None = None

    @property
    def is_conditional(self) -> bool:
        """Whether some requests are not for it."""
        return bool(self.host or self.path_beg)

    def covers(self, other: Backend) -> bool:
        """Whether no request that is for the other, on the same port, would get past this one."""
        hosts = {str(host).lower() for host in self.host}
        return all(
            (not hosts or str(host).lower() in hosts)
            and (not self.path_beg or any(str(path).startswith(str(each)) for each in self.path_beg))
            for host, path in product(other.host or ("",), other.path_beg or ("",))
        )

    def check(self, path: str) -> Iterator[Problem]:
        """Rules of the conditions, and of the settings."""
        for name, pattern, shape in (
            ("host", fields.HOST_NAME, "a host name such as api.example.com"),
            ("path_beg", fields.URL_PATH, "the beginning of a path, such as /api/"),
        ):
            values = getattr(self, name)
            if not isinstance(values, tuple | list):
                yield Problem(f"{path}.{name}", "must be a list", f"write [{values!r}]", values)
                return
            for index, value in enumerate(values):
                yield from fields.text(f"{path}.{name}[{index}]", value, pattern, shape)
        if self.port is not None:
            yield from fields.integer(f"{path}.port", self.port, 1, 65535)
        yield from check_speaks_http(f"{path}.to", self.to)
        yield from self.check_settings(path)


def _names(server: Endpoint, to: Tier) -> tuple[str, ...]:
    """What a server may be called: its own name, or its host's."""
    return (server.name, *(host.name for host in to.hosts if host.address == server.address))
