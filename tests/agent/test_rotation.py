"""Certificates with their keys, replaced under load: no handshake fails, and the new one is served from then on."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from typing import TYPE_CHECKING, Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from hacomponents.testing.background import Background
from tests.agent.boxes import Box, boxes

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.daemons

ROTATIONS = 5
NGINX = """\
user www-data;
worker_processes 2;
pid /run/nginx.pid;
error_log stderr notice;
events { worker_connections 256; }
http {
    access_log off;
    server {
        listen 127.0.0.1:8009;
        location = /release { return 200 "@@digest:nginx@@"; }
        location = /health { return 200 "ok"; }
    }
    server {
        listen 443 ssl;
        ssl_certificate tls/site.pem;
        ssl_certificate_key tls/site.key;
        return 200 "ok";
    }
}
"""
# Handshakes until standard input ends, one at least; what failed, and each certificate when it came first.
CLIENT = """\
import hashlib, json, select, socket, ssl, sys
context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
handshakes, failures, seen, ended = 0, [], [], False
print("running", flush=True)
while not ended and handshakes < 100000 and len(failures) < 100:
    ended = bool(select.select([sys.stdin], [], [], 0)[0])
    try:
        with socket.create_connection((sys.argv[1], 443), timeout=10) as plain, context.wrap_socket(plain) as secure:
            certificate = hashlib.sha256(secure.getpeercert(True)).hexdigest()
    except OSError as error:
        failures.append(str(error))
        continue
    handshakes += 1
    if certificate not in seen:
        seen.append(certificate)
print(json.dumps({"handshakes": handshakes, "failures": failures, "seen": seen}))
"""


@pytest.fixture(scope="module")
def pair() -> Iterator[tuple[Box, Box]]:
    """A server and a client."""
    with boxes(2) as (server, client):
        yield server, client


def certificate(number: int) -> tuple[str, str, str]:
    """A certificate of its own key: as PEM, the key as PEM, and the certificate's fingerprint."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, f"release {number}")])
    now = dt.datetime.now(dt.UTC)
    made = x509.CertificateBuilder(name, name, key.public_key(), number, now, now + dt.timedelta(days=1))
    signed = made.sign(key, hashes.SHA256())
    body = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    public = signed.public_bytes(serialization.Encoding.PEM).decode()
    return public, body.decode(), signed.fingerprint(hashes.SHA256()).hex()


def rotate(server: Box, number: int) -> str:
    """Push a new certificate and its key, which is a secret. Returns the certificate's fingerprint."""
    public, key, fingerprint = certificate(number)
    status, words = push(server, public, key)
    assert status == 0, words
    return fingerprint


def push(server: Box, public: str, key: str) -> tuple[int, str]:
    """Push a certificate and a key. Returns the agent's status and words."""
    digest = hashlib.sha256(key.encode()).hexdigest()[:16]
    status, words = server.agent("secret", stdin=json.dumps({"secrets": {"key": {"digest": digest, "value": key}}}))
    assert status == 0, words
    return server.push(bundle(public, digest))


def bundle(public: str, digest: str) -> dict[str, Any]:
    """An nginx with a certificate, and with a key that is known by its digest."""
    files = {
        "/etc/nginx/nginx.conf": {"content": NGINX},
        "/etc/nginx/tls/site.pem": {"content": public},
        "/etc/nginx/tls/site.key": {"content": "@@secret:key@@"},
    }
    nginx = {
        "daemon": "nginx",
        "files": ["/etc/nginx/"],
        "config": "/etc/nginx/nginx.conf",
        "health": "http://127.0.0.1:8009/health",
        "release": "http://127.0.0.1:8009/release",
    }
    return {"format": 1, "host": "web-1", "files": files, "secrets": {"key": digest}, "services": {"nginx": nginx}}


def handshakes(server: Box, client: Box) -> Background[dict[str, Any]]:
    """Handshakes from the client, for the time of a `with` statement."""
    return Background(["docker", "exec", "--interactive", client.name, "python3", "-c", CLIENT, server.address], dict)


def test_a_certificate_is_rotated(pair: tuple[Box, Box]) -> None:
    """
    Five certificates with their keys in a row: no handshake fails, all are seen in order, the last one is served.
    """
    server, client = pair
    pushed = [rotate(server, 1)]

    with handshakes(server, client) as during:
        pushed += [rotate(server, number) for number in range(2, ROTATIONS + 1)]
    with handshakes(server, client) as after:
        pass

    assert [] == during.report["failures"]
    assert pushed == list(dict.fromkeys(during.report["seen"] + after.report["seen"]))
    assert [] == after.report["failures"]
    assert pushed[-1:] == after.report["seen"]


def test_a_key_of_another_certificate(pair: tuple[Box, Box]) -> None:
    """
    Nginx refuses a key that does not belong to the certificate while the push is staged; its words say why and show
    nothing of the key, and the old certificate is served on.
    """
    server, client = pair
    served = rotate(server, 1)
    (public, _, _), (_, key, _) = certificate(2), certificate(3)

    status, words = push(server, public, key)

    assert status != 0
    assert "nginx refused the new configuration" in words
    assert "key values mismatch" in words
    assert [] == [line for line in key.splitlines()[1:-1] if line in words]
    with handshakes(server, client) as after:
        pass
    assert ([], [served]) == (after.report["failures"], after.report["seen"])
