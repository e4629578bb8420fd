"""Certificates, as the topology knows them: the text that is served, and what rules need of it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from hacomponents.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

# RFC 7468, strictly: nothing before, between or after that a reader would have to skip.
CHAIN = re.compile(r"(-----BEGIN CERTIFICATE-----\n([A-Za-z0-9+/]{1,76}={0,2}\n)+-----END CERTIFICATE-----\n?)+")


@dataclass(frozen=True)
class Certificate:
    """A site's certificate and those that lead to its issuer.

    Args:
        text: in PEM, the site's own first. Public, so it stands in previews.
        names: DNS names and addresses that it is for.
        public_key: SHA-256 of its public key, in hexadecimal; empty where it cannot be read.
        trouble: why it cannot be served. Default: it can.
        known: whether the text is known by now; else rules ask nothing. Default: True.
    """

    text: str
    names: tuple[str, ...] = ()
    public_key: str = ""
    trouble: str = ""
    known: bool = True

    @classmethod
    def unknown(cls) -> Certificate:
        """One that another resource is still to issue. Its bundle is rendered again when it is known."""
        return cls("", known=False)

    def check(self, path: str) -> Iterator[Problem]:
        """Rules of its shape, its dates and its order."""
        if not self.known:
            return
        if CHAIN.fullmatch(self.text) is None:
            remedy = "give its text, the site's own certificate first, without comments between"
            yield Problem(path, "must be certificates in PEM (-----BEGIN CERTIFICATE-----)", remedy)
        elif self.trouble:
            yield Problem(path, self.trouble, "give one that browsers accept")

    def covers(self, name: str) -> bool:
        """Whether it is for a host name; `*` at the start of one of its own stands for one label (RFC 6125)."""
        name = name.lower()
        return not self.known or name in self.names or f"*.{name.partition('.')[2]}" in self.names


# What a program may give where a certificate is wanted: its text, or a Pulumi Output of it, which the components
# replace by a `Certificate` before any rule or template sees it.
CertificateInput: TypeAlias = object
# Marks the fields that hold one: `field(metadata=CERTIFICATE)`.
CERTIFICATE = {"hacomponents.certificate": True}
