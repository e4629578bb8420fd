"""What nginx needs beside its file for TLS, and the headers that it adds to answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from hacomponents.render.host_files import Json, text
from hacomponents.topology.certificate import Certificate
from hacomponents.topology.reverse_proxy.tls import Tls
from hacomponents.topology.secret import Secret

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hacomponents.topology.reverse_proxy import ReverseProxy, VirtualHost

FOLDER = "/etc/nginx/tls"
HTTPS = 443
# Of TLS 1.2, in Mozilla's intermediate profile (ssl-config.mozilla.org, guidelines 6.0); TLS 1.3 has its own three.
CIPHERS = (
    "ECDHE-ECDSA-AES128-GCM-SHA256",
    "ECDHE-RSA-AES128-GCM-SHA256",
    "ECDHE-ECDSA-AES256-GCM-SHA384",
    "ECDHE-RSA-AES256-GCM-SHA384",
    "ECDHE-ECDSA-CHACHA20-POLY1305",
    "ECDHE-RSA-CHACHA20-POLY1305",
)


def context(tier: ReverseProxy) -> Json:
    """What the templates need beside the tier."""
    headers = added_headers(tier)
    secured = [each for each in tier.virtual_hosts if each.tls is not None]
    return {
        "headers_of": headers,
        "headers": list({header.variable: header for each in headers.values() for header in each}.values()),
        "tls_ciphers": CIPHERS,
        "tls_names": [name for each in secured for name in each.all_names],
        "tls_port": "" if tier.tls_port == HTTPS else f":{tier.tls_port}",
    }


def files(tier: ReverseProxy) -> dict[str, Json]:
    """Certificates and private keys, by path."""
    entries: dict[str, Json] = {}
    for virtual_host, certificate, key in _identities(tier):
        entries[f"{FOLDER}/{virtual_host.name}.pem"] = text(certificate.text.rstrip("\n") + "\n")
        entries[f"{FOLDER}/{virtual_host.name}.key"] = text(f"{key.token}\n", mode="0600")
    return entries


def secrets(tier: ReverseProxy) -> tuple[Secret, ...]:
    """The private keys."""
    return tuple(key for _, _, key in _identities(tier))


def _identities(tier: ReverseProxy) -> Iterator[tuple[VirtualHost, Certificate, Secret]]:
    for virtual_host in tier.virtual_hosts:
        match virtual_host.tls:
            case Tls(certificate=Certificate() as certificate, key=Secret() as key):
                yield virtual_host, certificate, key


@dataclass(frozen=True)
class AddedHeader:
    """A header that answers get where the application has not set it.

    Args:
        name: of the header.
        value: of it.
        variable: of nginx, which holds the value, or nothing where the application has spoken.
    """

    name: str
    value: str
    variable: str

    @property
    def of_upstream(self) -> str:
        """The variable with what the application has set."""
        return "upstream_http_" + self.name.lower().replace("-", "_")


def added_headers(tier: ReverseProxy) -> dict[str, list[AddedHeader]]:
    """The headers that each virtual host adds, by its name. Equal ones share a variable."""
    variables: dict[tuple[str, str], str] = {}
    added: dict[str, list[AddedHeader]] = {}
    for virtual_host in tier.virtual_hosts:
        wanted = {**virtual_host.added_headers, **_hsts(virtual_host)}
        added[virtual_host.name] = [
            AddedHeader(name, value, _variable(variables, name, value)) for name, value in wanted.items()
        ]
    return added


def _hsts(virtual_host: VirtualHost) -> dict[str, str]:
    seconds = virtual_host.tls.max_age if isinstance(virtual_host.tls, Tls) else 0
    return {"Strict-Transport-Security": f"max-age={seconds}"} if seconds else {}


def _variable(variables: dict[tuple[str, str], str], name: str, value: str) -> str:
    if (name.lower(), value) not in variables:
        others = sum(other == name.lower() for other, _ in variables)
        word = "add_" + name.lower().replace("-", "_")
        variables[name.lower(), value] = f"{word}_{others + 1}" if others else word
    return variables[name.lower(), value]
