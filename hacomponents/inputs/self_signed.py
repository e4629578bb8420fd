"""Certificates for trying out: of a stack's own secret, so that each run and each host has the same one."""

import dataclasses
import datetime as dt
import ipaddress
from collections.abc import Iterator, Sequence

import pulumi
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from hacomponents.topology import fields
from hacomponents.topology.reverse_proxy import ReverseProxy, VirtualHost
from hacomponents.topology.reverse_proxy.tls import SelfSigned, Tls
from hacomponents.topology.tier import Tier
from hacomponents.topology.vip import Vip

# Of P-256 (SEC 2, 2.4.2).
ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
# Without a clock, since the same program must give the same bytes at any time.
BEGIN, END = dt.datetime(2026, 1, 1, tzinfo=dt.UTC), dt.datetime(2049, 12, 31, tzinfo=dt.UTC)
COMMON_NAME_LENGTH = 64


def with_certificates(tier: Tier, secret: pulumi.Output[str]) -> Tier:
    """The same tier, with a certificate and its key where a site asks for a self-signed one.

    Args:
        tier: as declared; what is wrong in it is told by the rules of the site.
        secret: of the stack; what is made of a secret Output is secret too.
    """
    if not isinstance(tier, ReverseProxy):
        return tier
    virtual_hosts = tuple(_with_certificate(each, tier, secret) for each in tier.virtual_hosts)
    return dataclasses.replace(tier, virtual_hosts=virtual_hosts)


def _with_certificate(site: VirtualHost, tier: ReverseProxy, secret: pulumi.Output[str]) -> VirtualHost:
    if not isinstance(site, VirtualHost) or not isinstance(site.tls, SelfSigned):
        return site
    name, subjects = f"{tier.name}-{site.name}", tuple(_subjects(site, tier))
    tls = Tls(
        certificate=secret.apply(lambda text: certificate(text, name, subjects)),
        key=secret.apply(lambda text: private_key(text, name)),
        redirect=site.tls.redirect,
    )
    return dataclasses.replace(site, tls=tls)


def _subjects(site: VirtualHost, tier: ReverseProxy) -> Iterator[str]:
    """Names of the site that a certificate can hold, and the addresses of the tier."""
    for name in site.all_names:
        if fields.SERVER_NAME.fullmatch(name) and name != "_" and name[-1] != "*":
            yield name
    addresses = tier.vip.served if isinstance(tier.vip, Vip) else (host.address for host in tier.hosts)
    yield from filter(fields.is_ip, addresses)


def private_key(secret: str, name: str) -> str:
    """A private key in PEM.

    Args:
        secret: of the stack.
        name: what it is for; each has its own.
    """
    pem = _key(secret, name).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return pem.decode()


def certificate(secret: str, name: str, subjects: Sequence[str]) -> str:
    """The certificate of that key, in PEM.

    Args:
        secret: as for `private_key`.
        name: as for `private_key`.
        subjects: DNS names and IP addresses that it is for.
    """
    key = _key(secret, name)
    common = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name[:COMMON_NAME_LENGTH])])
    builder = x509.CertificateBuilder(common, common, key.public_key(), _serial(secret, name, subjects), BEGIN, END)
    for extension, critical in (
        (x509.BasicConstraints(ca=False, path_length=None), True),
        (x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), False),
        (x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False),
        (x509.SubjectAlternativeName([_subject(subject) for subject in subjects]), False),
    ):
        builder = builder.add_extension(extension, critical)
    # RFC 6979: no random number in the signature.
    signed = builder.sign(key, hashes.SHA256(), ecdsa_deterministic=True)
    return signed.public_bytes(Encoding.PEM).decode()


def _key(secret: str, name: str) -> ec.EllipticCurvePrivateKey:
    # 128 bits more than the order has, so that the remainder has no bias (FIPS 186-5, A.2.1).
    return ec.derive_private_key(_number(secret, f"key of {name}", 48) % (ORDER - 1) + 1, ec.SECP256R1())


def _serial(secret: str, name: str, subjects: Sequence[str]) -> int:
    """Not that of a certificate with other names: browsers refuse the same number twice."""
    return _number(secret, f"serial of {name} for {' '.join(subjects)}", 16) + 1


def _number(secret: str, purpose: str, length: int) -> int:
    derivation = HKDF(hashes.SHA256(), length, salt=b"hacomponents self-signed", info=purpose.encode())
    return int.from_bytes(derivation.derive(secret.encode()))


def _subject(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)
