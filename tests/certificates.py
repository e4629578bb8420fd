"""Sample certificates and keys."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
)

from hacomponents.inputs import self_signed

if TYPE_CHECKING:
    from collections.abc import Sequence

# A pair that is always the same.
CERTIFICATE = self_signed.certificate("sample", "sample", ["www.example.com"])
KEY = self_signed.private_key("sample", "sample")
NOW = dt.datetime.now(dt.UTC)
Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


def private_key(
    password: str = "", form: PrivateFormat = PrivateFormat.PKCS8, *, is_rsa: bool = False
) -> tuple[Key, str]:
    """A new key, and the same in PEM."""
    key = rsa.generate_private_key(65537, 2048) if is_rsa else ec.generate_private_key(ec.SECP256R1())
    locked: KeySerializationEncryption = BestAvailableEncryption(password.encode()) if password else NoEncryption()
    return key, key.private_bytes(Encoding.PEM, form, locked).decode()


def certificate(
    key: Key,
    names: Sequence[str] = ("www.example.com",),
    *,
    subject: str = "site",
    issuer: tuple[str, Key] | None = None,
    days: float = 90,
    ca: bool = False,
) -> str:
    """A certificate in PEM, of the key itself or of another issuer.

    Args:
        key: whose.
        names: DNS names that it is for.
        subject: its common name.
        issuer: common name and key of the issuer. Default: itself.
        days: until it expires; negative is in the past.
        ca: whether it may issue others.
    """
    issuer_name, issuer_key = issuer or (subject, key)
    of, to = (x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)]) for name in (issuer_name, subject))
    builder = x509.CertificateBuilder(
        of,
        to,
        key.public_key(),
        x509.random_serial_number(),
        NOW - dt.timedelta(days=10),
        NOW + dt.timedelta(days=days),
    )
    builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(name) for name in names]), critical=False)
    builder = builder.add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
    return builder.sign(issuer_key, hashes.SHA256()).public_bytes(Encoding.PEM).decode()
