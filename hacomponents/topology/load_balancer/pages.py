"""Pages that haproxy serves by itself, for people and for monitoring."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from hacomponents.errors import Problem
from hacomponents.topology import fields
from hacomponents.topology.secret import SECRET, Secret, SecretInput, check_secret

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True)
class Stats:
    """haproxy's statistics page.

    Args:
        password: of the page's user. A secret.
        user: Default: admin.
        port: on every address of the host. Default: 8080.
        uri: Default: /my_stats.
        realm: what the browser shows. Default: Global statistics.
    """

    password: SecretInput = field(metadata=SECRET)
    user: str = "admin"
    port: int = 8080
    uri: str = "/my_stats"
    realm: str = "Global statistics"

    def check(self, path: str) -> Iterator[Problem]:
        """Rules of the page."""
        yield from fields.integer(f"{path}.port", self.port, 1, 65535)
        yield from fields.text(f"{path}.uri", self.uri, fields.URL_PATH, "a path such as /my_stats")
        yield from fields.text(f"{path}.user", self.user, fields.TOKEN, "letters, digits and _ . -")
        yield from fields.text(f"{path}.realm", self.realm, fields.PHRASE, "words without quotes or backslashes")
        yield from check_secret(f"{path}.password", self.password)
        if isinstance(self.password, Secret) and not (self.password.length and self.password.clean):
            rule = "must have letters, digits and marks only, and no quote, brace, '$' or '|'"
            yield Problem(f"{path}.password", rule, "choose another")


@dataclass(frozen=True)
class Prometheus:
    """haproxy's figures in Prometheus' form, without a password: a network or a firewall keeps others out.

    Args:
        port: on every address of the host. Default: 8405.
        path: Default: /metrics.
    """

    port: int = 8405
    path: str = "/metrics"

    def check(self, path: str) -> Iterator[Problem]:
        """Rules of the page."""
        yield from fields.integer(f"{path}.port", self.port, 1, 65535)
        yield from fields.text(f"{path}.path", self.path, fields.URL_PATH, "a path such as /metrics")
