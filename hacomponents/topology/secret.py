"""Secrets, as the topology knows them: by name and digest, never by value."""

from __future__ import annotations

import hashlib
import hmac
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from hacomponents.errors import Problem
from hacomponents.topology import fields

if TYPE_CHECKING:
    from collections.abc import Iterator

SECRET_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,62}")
DIGEST = re.compile(r"[0-9a-f]{8,128}")


@dataclass(frozen=True)
class Secret:
    """A secret that the agent puts in place on the host.

    Args:
        name: its name in the bundle, unique in the site.
        digest: keyed digest of the value, so that a rotation is a change that a preview can show.
        length: number of characters, for rules on length.
        clean: whether the value has only characters that mean nothing to the daemons.
        plain: whether it has only those of a bearer token (RFC 6750, 2.1) and colons, which mean nothing inside of a
            URL or a script either. Default: it has others.
        pem: what the value says that it is, where it is a text in PEM, such as `PRIVATE KEY`. Default: it is none.
        public_key: SHA-256 of the public key that belongs to the value, in hexadecimal, where it is a private key.
            Default: it is none, or cannot be read.
        known: whether the value is known by now; else rules ask only what they can. Default: True.
    """

    name: str
    digest: str
    length: int
    clean: bool
    pem: str = ""
    public_key: str = ""
    plain: bool = False
    known: bool = True

    @classmethod
    def unknown(cls, name: str) -> Secret:
        """One whose value another resource is still to make. Its bundle is rendered again when it is known."""
        return cls(name, digest="0" * 16, length=1, clean=True, plain=True, known=False)

    def check(self, path: str) -> Iterator[Problem]:
        """Rules of what stands in files and in the bundle; we make both, the name from the field's path."""
        yield from fields.text(
            path, self.name, SECRET_NAME, "a secret whose name has 63 letters, digits, '_', '.', '-'"
        )
        yield from fields.text(path, self.digest, DIGEST, "a secret with a digest of hexadecimal digits")

    @property
    def token(self) -> str:
        """The mark in a file that the agent replaces by the value."""
        return f"@@secret:{self.name}@@"


# What a program may give where a secret is wanted. A Pulumi Output in real programs: the components replace it by a
# `Secret` before any rule or template sees it, and this layer does not import Pulumi.
SecretInput: TypeAlias = object
# The names of secrets follow the paths of their fields. A field with this in its metadata has another name there: of a
# running stack, a secret must not change its name.
CALLED = "hacomponents.called"
# Marks the fields that hold one, or a mapping to several: `field(metadata=SECRET)`.
SECRET = {"hacomponents.secret": True}
REMEDY = 'give config.require_secret("token"), which is set by: pulumi config set --secret token'


def check_secret(path: str, value: SecretInput) -> Iterator[Problem]:
    """Any field that must hold one: the value itself is never shown."""
    if isinstance(value, Secret):
        yield from value.check(path)
    else:
        yield Problem(path, "must be a secret text", REMEDY)


def digest(key: str, value: str) -> str:
    """Keyed digest of a value: 16 hex digits of HMAC-SHA256.

    Nobody without the key can try passwords against it, so it may stand in a preview.
    """
    return hmac.new(key.encode(), value.encode(), hashlib.sha256).hexdigest()[:16]
