"""What rules need to know of certificates and private keys, read by a library that knows their formats."""

import datetime as dt
import hashlib
import re

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.types import PublicKeyTypes
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key

from hacomponents.topology.certificate import CHAIN, Certificate

LABEL = re.compile(r"-----BEGIN ([A-Z0-9 ]+)-----\n(?:(?!-----)[A-Za-z0-9+/=:,. -]*\n)+-----END \1-----\n?")
UNREADABLE = (ValueError, TypeError, UnsupportedAlgorithm)


def certificate(text: str) -> Certificate:
    """Read a chain; what is wrong with it is told by the rules of the site."""
    if CHAIN.fullmatch(text) is None:
        return Certificate(text)
    try:
        chain = x509.load_pem_x509_certificates(text.encode())
        public_key = fingerprint(chain[0].public_key())
        return Certificate(text, _names(chain[0]), public_key, _trouble(chain))
    except UNREADABLE as error:
        return Certificate(text, trouble=f"cannot be read: {error}")


def pem_label(text: str) -> str:
    """What a text in PEM says that it is, such as `PRIVATE KEY`; nothing where it is not one such thing alone."""
    found = LABEL.fullmatch(text)
    return found[1] if found else ""


def public_key(text: str) -> str:
    """Fingerprint of the public key that belongs to a private one; nothing where that cannot be read."""
    try:
        return fingerprint(load_pem_private_key(text.encode(), password=None).public_key())
    except UNREADABLE:
        return ""


def fingerprint(key: PublicKeyTypes) -> str:
    """SHA-256 of a public key, in hexadecimal."""
    return hashlib.sha256(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).hexdigest()


def _names(certificate: x509.Certificate) -> tuple[str, ...]:
    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return ()
    dns = (name.lower() for name in names.get_values_for_type(x509.DNSName))
    return (*dns, *(str(address) for address in names.get_values_for_type(x509.IPAddress)))


def _trouble(chain: list[x509.Certificate]) -> str:
    now = dt.datetime.now(dt.UTC)
    for number, (certificate, issuer) in enumerate(zip(chain, [*chain[1:], None], strict=True), start=1):
        if certificate.not_valid_after_utc < now:
            return f"has expired on {certificate.not_valid_after_utc:%Y-%m-%d} (certificate {number} of {len(chain)})"
        if issuer and certificate.issuer != issuer.subject:
            return f"is no chain: certificate {number} of {len(chain)} was not issued by the one after it"
    return ""
