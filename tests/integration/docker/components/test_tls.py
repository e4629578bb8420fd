"""HTTPS at the VIP: whose certificate, which protocols, when a certificate is rotated and when a host fails."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from hacomponents.render.nginx_protection import CIPHERS
from hacomponents.testing import NoAnswer, VipWatch, eventually
from hacomponents.testing.background import Background
from tests.integration.docker.components.scanner import scan
from tests.integration.docker.components.secure import run

if TYPE_CHECKING:
    from hacomponents.testing.client import Request
    from tests.integration.docker.components.secure import Secure

pytestmark = pytest.mark.integration

TLS13_CIPHERS = {"TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256"}
# Shakes hands once for each protocol, then once for each cipher of TLS 1.2 that OpenSSL has; says which were taken.
OFFERS = """
import json, socket, ssl, sys, warnings
warnings.simplefilter("ignore")
order = json.loads(sys.argv[1])
def taken(low, high, ciphers="ALL:@SECLEVEL=0"):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.set_ciphers(ciphers)
    context.minimum_version, context.maximum_version = low, high
    context.set_alpn_protocols(["h2", "http/1.1"])
    try:
        with socket.create_connection((order["address"], 443), timeout=10) as plain:
            with context.wrap_socket(plain, server_hostname=order["name"]) as secure:
                return secure.cipher()[0], secure.selected_alpn_protocol()
    except (ssl.SSLError, ConnectionError):
        return None
v = ssl.TLSVersion
versions = {"1.0": v.TLSv1, "1.1": v.TLSv1_1, "1.2": v.TLSv1_2, "1.3": v.TLSv1_3}
every = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
every.set_ciphers("ALL:COMPLEMENTOFALL:@SECLEVEL=0")
names = [cipher["name"] for cipher in every.get_ciphers() if cipher["protocol"] != "TLSv1.3"]
print(json.dumps({
    "protocols": {name: taken(version, version) for name, version in versions.items()},
    "tried": len(names),
    "ciphers": [name for name in names if taken(v.TLSv1_2, v.TLSv1_2, name + ":@SECLEVEL=0")],
}))
"""
# Keeps a session of each protocol and comes back with it, when a line is read and again: was it resumed?
RESUMES = """
import json, select, socket, ssl, sys
order = json.loads(sys.argv[1])
context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
context.maximum_version = ssl.TLSVersion[order["version"]]
def come(session):
    with socket.create_connection((order["address"], 443), timeout=10) as plain:
        with context.wrap_socket(plain, server_hostname=order["name"], session=session) as secure:
            request = "GET / HTTP/1.1\\r\\nHost: {}\\r\\nConnection: close\\r\\n\\r\\n".format(order["name"])
            secure.sendall(request.encode())
            answer = secure.recv(12)
            while secure.recv(65536):
                pass
            return secure.session, [secure.session_reused, answer.decode()]
session, first = come(None)
session, second = come(session)
print("running", flush=True)
sys.stdin.read()
_, third = come(session)
session, fourth = come(None)
_, fifth = come(session)
print(json.dumps({"before": [first, second], "after": [third, fourth, fifth]}))
"""


def test_a_certificate_of_yours(secure: Secure) -> None:
    """
    A client that trusts the issuer alone is shown the whole chain, and the application hears of HTTPS.
    """
    answer = secure.ask("https://www.example.com/", trust=secure.issuer.trust)

    assert "https" == answer.json()["HTTP_X_FORWARDED_PROTO"]


def test_a_self_signed_certificate(secure: Secure) -> None:
    """
    Both hosts have the same one, which a client that trusts it finds good.
    """
    files = {host.exec("cat", "/etc/hacomponents/current/etc/nginx/tls/shop.pem") for host in secure.web.hosts}

    assert [secure.shop] == [text + "\n" for text in files]
    assert secure.shop == secure.ask("https://shop.example.com/", trust=secure.shop).certificate


def test_names_of_no_site(secure: Secure) -> None:
    """
    A name of no site gets no handshake, nor does a client that names none; nor has a connection to one site another.
    """
    for url in ("https://other.example.com/", f"https://{secure.web.vip}/"):
        with pytest.raises(NoAnswer, match="UNRECOGNIZED_NAME"):
            secure.client.request(url, address=secure.web.vip)
    secure.ask("https://shop.example.com/", status=421, headers={"Host": "plain.example.com"})


@pytest.mark.parametrize(("name", "kind"), [("www.example.com", "RSA"), ("shop.example.com", "ECDSA")])
def test_what_is_offered(secure: Secure, name: str, kind: str) -> None:
    """
    Of everything that OpenSSL can do, Mozilla's intermediate profile is taken and nothing else; HTTP/2 is.
    """
    offers = run(secure.client, OFFERS, address=secure.web.vip, name=name)
    protocols = offers["protocols"]

    assert [None, None] == [protocols["1.0"], protocols["1.1"]]
    assert ["h2", "h2"] == [protocols["1.2"][1], protocols["1.3"][1]]
    assert protocols["1.3"][0] in TLS13_CIPHERS
    assert offers["tried"] > 100
    assert {cipher for cipher in CIPHERS if f"-{kind}-" in cipher} == set(offers["ciphers"])


def test_a_scanner_agrees(secure: Secure) -> None:
    """
    A scanner that others wrote has nothing against the protocols, ciphers, curves and extensions; only that it does not
    know who issued the certificates, and that the self-signed one lives too long.
    """
    unknown = ["certificate_path_validation"]

    assert unknown == scan(secure.client, secure.web.vip, "www.example.com")
    assert [*unknown, "maximum_certificate_lifespan"] == scan(secure.client, secure.web.vip, "shop.example.com")


@pytest.mark.parametrize(
    ("asked", "leads_to"),
    [
        ("http://www.example.com/a?b=c", "https://www.example.com/a?b=c"),
        ("http://shop.example.com/", "https://shop.example.com/"),
        ("http://example.com/a", "https://www.example.com/a"),
        ("https://example.com/a", "https://www.example.com/a"),
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_redirects(secure: Secure, asked: str, leads_to: str, method: str) -> None:
    """
    HTTP leads to HTTPS, and another name to the site's, with the same path, by a status that keeps the method.
    """
    assert leads_to == secure.ask(asked, status=308, method=method).header("Location")


def test_hsts(secure: Secure) -> None:
    """
    Browsers are told to stay with HTTPS, for a day or as long as the program says; by HTTPS only.
    """
    urls = ["https://www.example.com/", "https://shop.example.com/", "http://plain.example.com/"]

    assert ["max-age=300", "max-age=86400", ""] == [secure.ask(url).header("Strict-Transport-Security") for url in urls]
    assert "" == secure.ask("http://www.example.com/", status=308).header("Strict-Transport-Security")


@pytest.mark.parametrize("version", ["TLSv1_2", "TLSv1_3"])
def test_a_session_outlives_its_host(secure: Secure, version: str) -> None:
    """
    A session is resumed on the same host; on the peer, which does not know it, the client shakes hands anew without an
    error, and is resumed there from then on.
    """
    eventually(secure.is_well, within=60)
    order = {"address": secure.web.vip, "name": "www.example.com", "version": version}
    before = secure.web.holder

    command = ["docker", "exec", "--interactive", secure.client.name, "python3", "-c", RESUMES, json.dumps(order)]
    with Background[dict[str, Any]](command, dict) as visits:
        before.exec("hacomponents-agent", "handover")
        eventually(lambda: secure.web.holder != before)

    ok = "HTTP/1.1 200"
    assert [[False, ok], [True, ok]] == visits.report["before"]
    assert [[False, ok], [False, ok], [True, ok]] == visits.report["after"]


def test_a_rotation_under_load(secure: Secure) -> None:
    """
    A certificate and its key are replaced under load: nothing fails, on kept connections and on new ones, the VIP
    stays, and the new certificate is the one that is served.
    """
    url = "https://www.example.com/"
    how: Request = {"address": secure.web.vip, "trust": secure.issuer.trust}
    old = secure.ask(url).certificate
    with (
        VipWatch(secure.web) as watch,
        secure.client.load(url, connections=4, think_time=0.02, **how) as kept,
        secure.client.load(url, connections=4, keep_alive=False, think_time=0.02, **how) as fresh,
    ):
        new = secure.renew()
        update = secure.stack.up()
        served = secure.ask(url).certificate

    assert {"update": 4} == update.changed  # certificate and key, on two hosts
    assert old != served
    assert new == served
    assert ((), ()) == (kept.report.failures, fresh.report.failures)
    assert kept.report.requests > 100
    assert 1 == len(watch.moves)
