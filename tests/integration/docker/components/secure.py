"""A site with all that guards one: three virtual hosts on a VIP, and one that is told of clients by PROXY."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from tests import certificates
from tests.integration.docker.architecture import Architecture

if TYPE_CHECKING:
    from typing import Unpack

    from hacomponents.testing import Client, PairUnderTest, Response
    from hacomponents.testing.client import Request
    from tests.integration.docker.stack import Stack

PROGRAM = '''
"""All that guards a site."""

from pathlib import Path

import pulumi

from hacomponents import AppTier, Gzip, Limits, ReverseProxyTier, SelfSigned, Thin, Tls, Vip, VirtualHost
from hacomponents.docker import Network

config = pulumi.Config("hacomponents")
net = Network("secure", cidr=config.require("cidr"))
trusted = [net.address(250)]
app = AppTier("app", hosts=net.hosts("app", 1), server=Thin(app="echo", processes=2, packages=()))
www = VirtualHost(
    "www",
    to=app,
    server_name=["www.example.com"],
    redirect_from=["example.com"],
    tls=Tls(Path("www.pem").read_text(), config.require_secret("www_key"), hsts=300),
    gzip=Gzip(),
    headers={"Referrer-Policy": "no-referrer", "X-Frame-Options": None},
)
limits = Limits(requests_per_second=2, burst=3, connections=2)
shop = VirtualHost("shop", to=app, server_name=["shop.example.com"], tls=SelfSigned(), limits=limits)
plain = VirtualHost("plain", to=app)
web = ReverseProxyTier(
    "web", hosts=net.hosts("web", 2), sites=[www, shop, plain], vip=Vip(net.address(10)), trusted_proxies=trusted
)
ReverseProxyTier(
    "inner", hosts=net.hosts("inner", 1), to=app, tls=SelfSigned(), trusted_proxies=trusted, proxy_protocol=True
)

pulumi.export("url", web.url)
'''
END = "-----END CERTIFICATE-----\n"
# Tells what reached it. Some paths take time, are long, or set headers of their own.
ECHO = """
require "json"

run lambda { |env|
  headers = { "Content-Type" => "application/json" }
  headers["X-Frame-Options"] = headers["Referrer-Policy"] = "unsafe-url" if env["PATH_INFO"] == "/own"
  sleep 1 if env["PATH_INFO"] == "/slow"
  told = JSON.generate(env.select { |name, _| name.start_with?("HTTP_") })
  told += " " * 5000 if env["PATH_INFO"] == "/long"
  [200, headers.merge("Content-Length" => told.bytesize.to_s), [told]]
}
"""


class Issuer:
    """Who signs the certificate of `www`: through another one, as public issuers do.

    Attributes:
        trust: the certificate that a client trusts.
    """

    def __init__(self) -> None:
        (root, _), (self._middle, _) = certificates.private_key(), certificates.private_key()
        self.trust = certificates.certificate(root, ["root.example"], subject="root", ca=True)
        self._between = certificates.certificate(
            self._middle, ["middle.example"], subject="middle", issuer=("root", root), ca=True
        )

    def issue(self) -> tuple[str, str]:
        """A new certificate with the one in between, and its key."""
        key, pem = certificates.private_key(is_rsa=True)
        own = certificates.certificate(key, ["www.example.com", "example.com"], issuer=("middle", self._middle))
        return own + self._between, pem


@dataclass(frozen=True)
class Secure(Architecture):
    """The site, up, with a client that is nobody and one that is a trusted proxy.

    Args:
        issuer: of the certificate of `www`.
        proxy: the trusted one.
    """

    issuer: Issuer
    proxy: Client

    @property
    def web(self) -> PairUnderTest:
        """The hosts with the VIP."""
        return self.pair("web", 10)

    @cached_property
    def shop(self) -> str:
        """The certificate of `shop`."""
        return self.web.hosts[0].exec("cat", "/etc/hacomponents/current/etc/nginx/tls/shop.pem") + "\n"

    def is_well(self) -> bool:
        """One host has the VIP, and the other is its standby."""
        states = [self.state(host)["vrrp"]["state"] for host in (self.web.holder, self.web.standby)]
        return states == ["MASTER", "BACKUP"]

    def ask(self, url: str, *, client: Client | None = None, status: int = 200, **how: Unpack[Request]) -> Response:
        """Ask at the VIP for a URL of a site, whose certificate must be good."""
        request: Request = {"address": self.web.vip, "trust": self.issuer.trust + self.shop, **how}
        return (client or self.client).succeeds(url, status=status, **request)

    def told(self, url: str, *, client: Client | None = None, **how: Unpack[Request]) -> dict[str, str]:
        """The headers of a request that reached the application."""
        return dict(self.ask(url, client=client, **how).json())

    def renew(self) -> str:
        """Write the program with a new certificate for `www`. Returns it, as a client is shown it."""
        return write(self.stack, self.issuer)


def write(stack: Stack, issuer: Issuer) -> str:
    """Write the program with a new certificate for `www`, whose key is a secret of the stack. Returns it."""
    chain, key = issuer.issue()
    (stack.project / stack.program).write_text(PROGRAM)
    (stack.project / "www.pem").write_text(chain)
    (stack.project / "echo").mkdir(exist_ok=True)
    (stack.project / "echo" / "config.ru").write_text(ECHO)
    stack.pulumi("config", "set", "--stack", stack.name, "--secret", "hacomponents:www_key", stdin=key)
    return chain[: chain.index(END) + len(END)]


def run(client: Client, program: str, **order: object) -> Any:  # what JSON is
    """What a Python program prints as JSON in a client's container; `order` is its argument."""
    return json.loads(client.exec("python3", "-c", program, json.dumps(order)))
