"""What nginx is told on each release: lines that one has and another one would warn of or refuse."""

from __future__ import annotations

import json

import pytest

from hacomponents.render import bundle_of
from hacomponents.topology.app import App
from hacomponents.topology.certificate import Certificate
from hacomponents.topology.network import Host, Network
from hacomponents.topology.platform import PLATFORMS
from hacomponents.topology.reverse_proxy import ReverseProxy, Tls, VirtualHost
from hacomponents.topology.secret import Secret
from hacomponents.topology.server import Folder, Thin, Tomcat
from hacomponents.topology.site import Site

LISTEN = "listen 10.10.0.5:443 ssl"
CURVES = "X25519:prime256v1:secp384r1;"
LINES = {
    "debian-12": {f"{LISTEN} http2 default_server;", f"ssl_ecdh_curve {CURVES}"},
    "debian-13": {f"{LISTEN} default_server;", "http2 on;", f"ssl_ecdh_curve X25519MLKEM768:{CURVES}"},
    "debian-14": {
        f"{LISTEN} default_server;",
        "http2 on;",
        f"ssl_ecdh_curve X25519MLKEM768:{CURVES}",
        "keepalive 0;",
        "keepalive_min_timeout 10s;",
    },
    "ubuntu-24.04": {f"{LISTEN} http2 default_server;", f"ssl_ecdh_curve {CURVES}"},
}
WORDS = ("ssl http2", LISTEN, "http2 on", "ssl_ecdh_curve", "keepalive 0", "keepalive_min_timeout")
TLS = Tls(Certificate("certificate"), Secret("key", "0" * 16, 8, clean=True))


@pytest.mark.parametrize("release", PLATFORMS)
def test_lines_of_a_release(release: str) -> None:
    """
    An nginx with TLS that keeps no connection to its servers has the lines of its release, and no other's.
    """
    app = App("app", (Host("app-1", "10.10.0.50"),), Thin("app"), Folder("app", {"config.ru": b"run App\n"}))
    host = Host("web-1", "10.10.0.5", platform=PLATFORMS[release])
    web = ReverseProxy("web", (host,), (VirtualHost("web", app, tls=TLS, keepalive=0),))

    files = json.loads(bundle_of(Site("site", Network("net", "10.10.0.0/24"), (app, web)), host).text)["files"]
    lines = [line.strip() for line in files["/etc/nginx/nginx.conf"]["content"].splitlines()]

    assert LINES[release] == {line for line in lines if any(word in line for word in WORDS)}


@pytest.mark.parametrize(
    ("release", "packages"),
    [("debian-12", "tomcat10-common"), ("debian-13", "tomcat10-common"), ("debian-14", "tomcat11-common")],
)
def test_packages_of_a_release(release: str, packages: str) -> None:
    """
    Tomcat is the package that the release has, and is started from its folder.
    """
    host = Host("app-1", "10.10.0.50", platform=PLATFORMS[release])
    app = App("app", (host,), Tomcat("app"), Folder("app", {"index.jsp": b"<%= 1 %>\n"}))

    bundle = bundle_of(Site("site", Network("net", "10.10.0.0/24", firewall=None), (app,)), host)

    assert packages in bundle.packages
    assert f"/usr/share/{packages.removesuffix('-common')}/bin/catalina.sh" in bundle.text
