"""Certificates for trying out."""

from __future__ import annotations

import ssl
from pathlib import Path

import pytest

from hacomponents.inputs import certificates
from hacomponents.inputs.self_signed import certificate, private_key

SECRET = "0123456789abcdef" * 4
NAMES = ("www.example.com", "*.example.org", "10.10.0.10", "fd00:10::10")


def test_the_same_each_time() -> None:
    """
    A stack's secret, a site and its names give the same bytes each time; another of any gives others.
    """
    made = certificate(SECRET, "web-shop", NAMES)

    assert made == certificate(SECRET, "web-shop", NAMES)
    assert private_key(SECRET, "web-shop") == private_key(SECRET, "web-shop")
    others = [certificate("other", "web-shop", NAMES), certificate(SECRET, "web-other", NAMES)]
    others += [certificate(SECRET, "web-shop", NAMES[:1])]
    assert 4 == len({made, *others})
    assert private_key(SECRET, "web-shop") != private_key(SECRET, "web-other")


def test_the_bytes_of_today() -> None:
    """
    A new version of the library makes the certificate that the old one made: this very one.
    """
    recorded = Path(__file__).with_name("self_signed.pem").read_text()

    assert recorded == certificate(SECRET, "web-shop", NAMES)


def test_rules_know_it() -> None:
    """
    It is for its names, its key belongs to it, and it is good for years.
    """
    found = certificates.certificate(certificate(SECRET, "web-shop", NAMES))

    assert NAMES == found.names
    assert "" == found.trouble
    assert certificates.public_key(private_key(SECRET, "web-shop")) == found.public_key
    assert "PRIVATE KEY" == certificates.pem_label(private_key(SECRET, "web-shop"))


@pytest.mark.parametrize(
    ("name", "good"),
    [("www.example.com", True), ("10.10.0.10", True), ("a.example.org", True), ("www.example.net", False)],
)
def test_a_handshake(tmp_path: Path, name: str, good: bool) -> None:  # noqa: FBT001
    """
    A client that trusts it, and nothing else, shakes hands for its names, and for no other.
    """
    made = certificate(SECRET, "web-shop", NAMES)
    pair = tmp_path / "pair.pem"
    pair.write_text(made + private_key(SECRET, "web-shop"))
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(pair)
    client = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    client.load_verify_locations(cadata=made)
    client.verify_flags |= ssl.VerifyFlags.VERIFY_X509_STRICT

    assert good == _shakes_hands(server, client, name)


def _shakes_hands(server: ssl.SSLContext, client: ssl.SSLContext, name: str) -> bool:
    """Both ends in memory, a few flights each way."""
    up, down = ssl.MemoryBIO(), ssl.MemoryBIO()
    ends = [client.wrap_bio(down, up, server_hostname=name), server.wrap_bio(up, down, server_side=True)]
    for end in ends * 3:
        try:
            end.do_handshake()
        except ssl.SSLWantReadError:
            continue
        except ssl.SSLCertVerificationError:
            return False
    return ends[0].version() == "TLSv1.3"
