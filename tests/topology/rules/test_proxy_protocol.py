"""Tiers that are told of clients by the PROXY protocol: who speaks it, and who is believed."""

from __future__ import annotations

from hacomponents import AppTier, ReverseProxyTier, Thin
from tests.topology.declare import Network, told
from tests.topology.sites import rails

# ruff: noqa: E501  # messages are whole, so that they can be searched for


def test_of_anybody() -> None:
    """
    Without a tier in front, and with nobody named, any client could speak it.
    """
    message = "web.proxy_protocol: needs trusted_proxies, since any client could speak it; name the networks of the balancers in front"
    assert f"rails: 1 problem; nothing was changed\n  {message}" == told(lambda: rails(web={"proxy_protocol": True}))


def test_proxy_protocol_of_nginx() -> None:
    """
    A tier that expects the PROXY protocol cannot stand behind nginx, which does not speak it.
    """

    def program() -> None:
        net = Network("net", cidr="10.10.0.0/24")
        app = AppTier("app", hosts=net.hosts("app", 1), server=Thin(app="stacks/rails_app"))
        trusted = [net.address(0) + "/24"]
        inner = ReverseProxyTier(
            "inner", hosts=net.hosts("inner", 1), to=app, proxy_protocol=True, trusted_proxies=trusted
        )
        ReverseProxyTier("web", hosts=net.hosts("web", 1), to=inner)

    assert told(program) == (
        "net: 1 problem; nothing was changed\n"
        "  web.to: inner is told of clients by the PROXY protocol, which web does not speak; leave out proxy_protocol of inner: headers tell the same"
    )
