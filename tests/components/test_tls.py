"""TLS of the reverse-proxy tier, as a program asks for it."""

from __future__ import annotations

import json
from typing import Any

import pulumi
import pytest

from hacomponents import AppTier, ReverseProxyTier, SelfSigned, Thin, Tls, Vip, VirtualHost
from hacomponents.docker import Network
from hacomponents.inputs.certificates import certificate, public_key
from tests import certificates as samples
from tests.components.program import CONFIG, Run, run
from tests.components.sites import rails

OWN, KEY = samples.private_key()
CERTIFICATE = samples.certificate(OWN)
TOKEN = "@@secret:web-sites-web-tls-key@@\n"


def pushed(result: Run, host: str) -> dict[str, Any]:
    """The files of a host's nginx."""
    files = json.loads(result.of_host(f"{host}-push").inputs["stdin"])["files"]
    return {path: entry for path, entry in files.items() if path.startswith("/etc/nginx/")}


def secrets(result: Run, host: str) -> dict[str, str]:
    """The values of the secrets of a host."""
    document = json.loads(result.of_host(f"{host}-secrets").inputs["stdin"]["value"])
    return {name: secret["value"] for name, secret in document["secrets"].items()}


@pytest.mark.parametrize("text", [CERTIFICATE, CERTIFICATE.rstrip("\n"), pulumi.Output.from_input(CERTIFICATE)])
def test_a_certificate_of_yours(text: Any) -> None:
    """
    The certificate, a text or an Output of one, is in the bundle in clear, and the key in the secrets alone.
    """
    result = run(lambda: rails(web={"server_name": ["www.example.com"], "tls": Tls(text, KEY)}))

    assert "" == result.error
    for host in ("web-1", "web-2"):
        files = pushed(result, host)
        assert {"content": CERTIFICATE} == files["/etc/nginx/tls/web.pem"]
        assert {"content": TOKEN, "mode": "0600"} == files["/etc/nginx/tls/web.key"]
        assert {"web-sites-web-tls-key": KEY} == secrets(result, host)


def test_a_self_signed_certificate() -> None:
    """
    Both hosts have the same one, for the site's names and the VIP, with its key; a second run changes nothing.
    """
    first, second = (run(lambda: rails(web={"tls": SelfSigned(), "server_name": ["shop.example"]})) for _ in range(2))

    assert "" == first.error
    text = pushed(first, "web-1")["/etc/nginx/tls/web.pem"]["content"]
    found, key = certificate(text), secrets(first, "web-1")["web-sites-web-tls-key"]
    assert (("shop.example", "10.10.0.10"), public_key(key)) == (found.names, found.public_key)
    assert [pushed(first, "web-1"), pushed(first, "web-1")] == [pushed(first, "web-2"), pushed(second, "web-1")]


def test_a_self_signed_certificate_is_held_against_the_rules() -> None:
    """
    What is said beside a self-signed certificate is held against the rules of all certificates.
    """
    told = run(lambda: rails(web={"tls": SelfSigned(redirect="no")})).error  # type: ignore[arg-type]

    message = "web.tls.redirect: must be True or False (got 'no'); give one of them"
    assert f"rails: 1 problem; nothing was changed\n  {message}" == told


def test_a_self_signed_certificate_of_another_stack() -> None:
    """
    Another stack, which has another digest key, has another certificate.
    """
    texts = [
        pushed(run(lambda: rails(web={"tls": SelfSigned()}), config), "web-1")["/etc/nginx/tls/web.pem"]["content"]
        for config in (CONFIG, {**CONFIG, "hacomponents:digest_key": "1" * 64})
    ]

    assert texts[0] != texts[1]


def test_several_certificates() -> None:
    """
    Each site has its own certificate and key, named by the site, wherever it stands in the list.
    """

    def program(*names: str) -> None:
        net = Network("shops", cidr="10.10.0.0/24")
        app = AppTier("app", hosts=net.hosts("app", 1), server=Thin(app="stacks/rails_app"))
        sites = [VirtualHost(name, app, server_name=[f"{name}.example"], tls=SelfSigned()) for name in names]
        ReverseProxyTier("web", hosts=net.hosts("web", 2), vip=Vip("10.10.0.10"), sites=sites)

    one, two = (pushed(run(each), "web-1") for each in (lambda: program("shop"), lambda: program("blog", "shop")))

    paths = {f"/etc/nginx/tls/{name}.{kind}" for name in ("blog", "shop") for kind in ("key", "pem")}
    assert paths == {path for path in two if "/tls/" in path}
    for path in sorted(paths & one.keys()):
        assert one[path] == two[path]


@pytest.mark.parametrize(
    ("web", "url"),
    [
        ({}, "http://10.10.0.10/"),
        ({"tls": SelfSigned()}, "https://10.10.0.10/"),
        ({"tls": SelfSigned(), "tls_port": 8443}, "https://10.10.0.10:8443/"),
        ({"tls": SelfSigned(), "server_name": ["shop.example"]}, "https://shop.example/"),
    ],
)
def test_url(web: dict[str, Any], url: str) -> None:
    """
    The URL is the site's own, by HTTPS where it has TLS, and by its name, since a handshake with another is refused.
    """
    found: list[str] = []

    assert "" == run(lambda: found.append(rails(web=web).url)).error
    assert [url] == found
