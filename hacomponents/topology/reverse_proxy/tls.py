"""TLS of a web site: its certificate and key, and what goes with serving it by HTTPS."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from hacomponents.errors import Problem
from hacomponents.topology import fields
from hacomponents.topology.certificate import CERTIFICATE, Certificate, CertificateInput
from hacomponents.topology.secret import SECRET, Secret, SecretInput, check_secret

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

PRIVATE_KEYS = ("PRIVATE KEY", "EC PRIVATE KEY", "RSA PRIVATE KEY")
DAY, TWO_YEARS = 86400, 63072000
# A host name that a certificate can be held against: neither any name nor one whose end is open.
CHECKED_NAME = re.compile(r"(?!_$)(?!.*\.\*$).+")


@dataclass(frozen=True)
class Tls:
    """HTTPS with a certificate of yours.

    Args:
        certificate: in PEM, followed by those that lead to its issuer; a text, or an Output of whoever issues it.
        key: the private key in PEM, without a password. A secret.
        hsts: seconds for which browsers are to come back by HTTPS only (Strict-Transport-Security); 0 for none.
            Mozilla recommends 63072000, two years. Default: 86400, a day, since browsers keep to it whatever is pushed
            later; 0 without `redirect`.
        redirect: requests by HTTP are sent to HTTPS (308, with path and method); else both serve the site.
            Default: True.
    """

    certificate: CertificateInput = field(metadata=CERTIFICATE)
    key: SecretInput = field(metadata=SECRET)
    hsts: int | None = None
    redirect: bool = True

    @property
    def max_age(self) -> int:
        """The seconds of HSTS that hold."""
        if self.hsts is None:
            return DAY if self.redirect else 0
        return self.hsts

    def check(self, path: str, names: Sequence[str]) -> Iterator[Problem]:
        """Rules of the certificate, of its key, and of the names that it must be for."""
        yield from fields.integer(f"{path}.hsts", self.max_age, 0, 2 * TWO_YEARS)
        yield from fields.flag(f"{path}.redirect", self.redirect)
        if self.hsts and self.redirect is False:
            yield Problem(
                f"{path}.hsts", "needs redirect=True", "redirect requests by HTTP, or leave hsts out", self.hsts
            )
        yield from self._check_certificate(f"{path}.certificate", names)
        yield from self._check_key(f"{path}.key")

    def _check_certificate(self, path: str, names: Sequence[str]) -> Iterator[Problem]:
        if not isinstance(self.certificate, Certificate):
            yield Problem(path, "must be text in PEM", "give a string, or an Output of one", self.certificate)
            return
        wrong = list(self.certificate.check(path))
        yield from wrong
        for name in filter(CHECKED_NAME.fullmatch, () if wrong else names):
            if not self.certificate.covers(name):
                known = ", ".join(self.certificate.names) or "none"
                yield Problem(
                    path, f"is not for {name} (its names: {known})", "give one that is, or another server_name"
                )

    def _check_key(self, path: str) -> Iterator[Problem]:
        yield from check_secret(path, self.key)
        if not isinstance(self.key, Secret) or not self.key.known:
            return
        if self.key.pem not in PRIVATE_KEYS:
            shape = "must be one private key in PEM (-----BEGIN PRIVATE KEY-----), without a password"
            yield Problem(path, shape, "convert it by: openssl pkey -in FILE")
        elif not self.key.public_key:
            yield Problem(path, "cannot be read as a private key", "convert it by: openssl pkey -in FILE")
        elif isinstance(self.certificate, Certificate) and self.certificate.public_key not in ("", self.key.public_key):
            yield Problem(path, "does not belong to the certificate", "give the key that the certificate was made for")


@dataclass(frozen=True)
class SelfSigned:
    """HTTPS with a certificate that nobody vouches for, to try things out; browsers warn of it.

    It is made from the stack's secret `hacomponents:digest_key`, the same at each run and on each host, for the site's
    names and the tier's addresses, until the end of 2049.

    Args:
        redirect: as for `Tls`. Default: True.
    """

    redirect: bool = True
