"""What is known of certificates and keys."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.serialization import PrivateFormat

from hacomponents.inputs.certificates import certificate, pem_label, public_key
from tests import certificates as samples


def test_a_certificate_and_its_key() -> None:
    """
    The names are told in lower case, and the public key is that of the private one.
    """
    key, pem = samples.private_key()
    found = certificate(samples.certificate(key, ["WWW.example.com", "*.example.org"]))

    assert ("www.example.com", "*.example.org") == found.names
    assert "" == found.trouble
    assert found.public_key
    assert public_key(pem) == found.public_key
    assert public_key(samples.private_key()[1]) != found.public_key


def test_a_chain() -> None:
    """
    The first certificate is the site's; each of the others has issued the one before.
    """
    (root, _), (middle, _), (own, _) = (samples.private_key() for _ in range(3))
    first = samples.certificate(own, ["www.example.com"], issuer=("middle", middle))
    second = samples.certificate(middle, ["middle.example"], subject="middle", issuer=("root", root))

    assert "" == certificate(first + second).trouble
    assert ("www.example.com",) == certificate(first + second).names
    assert "is no chain: certificate 1 of 2 was not issued by the one after it" == certificate(second + first).trouble


def test_an_expired_certificate() -> None:
    """
    A date in the past is told, of whichever certificate of the chain.
    """
    (root, _), (own, _) = samples.private_key(), samples.private_key()
    first = samples.certificate(own, issuer=("root", root))
    expired = samples.certificate(root, subject="root", days=-1)

    assert certificate(first + expired).trouble.startswith("has expired on ")
    assert certificate(first + expired).trouble.endswith(" (certificate 2 of 2)")


@pytest.mark.parametrize(
    ("form", "label"),
    [(PrivateFormat.PKCS8, "PRIVATE KEY"), (PrivateFormat.TraditionalOpenSSL, "EC PRIVATE KEY")],
)
def test_kinds_of_keys(form: PrivateFormat, label: str) -> None:
    """
    Both forms in which OpenSSL writes keys are known by what they say that they are.
    """
    _, pem = samples.private_key(form=form)

    assert label == pem_label(pem)
    assert public_key(pem)


def test_a_key_with_a_password() -> None:
    """
    An encrypted key says that it is one, and cannot be read.
    """
    _, pem = samples.private_key("hunter2")

    assert "ENCRYPTED PRIVATE KEY" == pem_label(pem)
    assert "" == public_key(pem)


@pytest.mark.parametrize(
    "text", ["", "hunter2", "-----BEGIN PRIVATE KEY-----\n", "-----BEGIN A-----\nx\n-----END B-----\n"]
)
def test_what_is_no_pem(text: str) -> None:
    """
    Anything else is nothing.
    """
    assert ("", "") == (pem_label(text), public_key(text))
    assert ("", "") == (certificate(text).public_key, certificate(text).trouble)


def test_two_keys() -> None:
    """
    A text with two keys is not one.
    """
    pems = [samples.private_key()[1] for _ in range(2)]

    assert "" == pem_label("".join(pems))


def test_a_broken_certificate() -> None:
    """
    What has the shape of a certificate and is none is told.
    """
    text = "-----BEGIN CERTIFICATE-----\nTm8gY2VydGlmaWNhdGU=\n-----END CERTIFICATE-----\n"

    assert certificate(text).trouble.startswith("cannot be read: ")
