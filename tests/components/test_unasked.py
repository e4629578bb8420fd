"""Tiers that nobody comes to: closed, and a warning each, with its exact text; none of them stops anything."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from hacomponents import AppTier, Command, Firewall, LoadBalancerTier, MemcachedLookup, MemcachedTier, ReverseProxyTier
from hacomponents.docker import Network
from tests.components.program import run

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

# ruff: noqa: E501  # messages are whole, so that they can be searched for

CLOSED = "spare.clients: no tier has spare behind it, and no clients are named: only management reaches it (got {}); give it to the tier in front as to=, or name who comes, such as clients=[balancers]"
SERVE = Command(app="stacks/php_app", start=("serve",))


def app(net: Network, **keywords: Any) -> None:
    """A spare application."""
    AppTier("spare", hosts=net.hosts("spare", 2), server=SERVE, **keywords)


def memcached(net: Network, **keywords: Any) -> None:
    """A spare memcached."""
    MemcachedTier("spare", hosts=net.hosts("spare", 2), **keywords)


def asked(net: Network) -> None:
    """One that is in use."""
    pages = MemcachedTier("pages", hosts=net.hosts("pages", 2))
    behind = AppTier("spare", hosts=net.hosts("spare", 2), server=SERVE)
    ReverseProxyTier("web2", hosts=net.hosts("web2", 1), to=behind, memcached=MemcachedLookup(to=pages))


WARNED: Mapping[str, tuple[Callable[[Network], None], list[str]]] = {
    "an_application": (app, [CLOSED.format("()")]),
    "an_application_for_nobody": (lambda net: app(net, clients=[]), [CLOSED.format("()")]),
    "an_application_for_everybody": (lambda net: app(net, clients=["0.0.0.0/0", "::/0"]), []),
    "an_application_for_hosts": (lambda net: app(net, clients=[net.hosts("lb", 2)]), []),
    "memcached": (memcached, [CLOSED.format("()")]),
    "memcached_for_hosts": (lambda net: memcached(net, clients=[net.hosts("lb", 2)]), []),
    "asked_by_another": (asked, []),
}


def warnings(rest: Callable[[Network], None], caplog: pytest.LogCaptureFixture, firewall: Firewall | None) -> list[str]:
    """What a preview warns of, on a site with something else on it."""

    def program() -> None:
        net = Network("site", cidr="10.10.0.0/24", firewall=firewall)
        used = AppTier("app", hosts=net.hosts("app", 2), server=SERVE)
        LoadBalancerTier("lb", hosts=net.hosts("lb", 2), to=used)
        rest(net)

    caplog.clear()
    result = run(program)
    assert "" == result.error
    assert result.of_host("spare-1-push")
    told = [record.getMessage() for record in caplog.records if record.levelname == "WARNING"]
    return [text for text in told if text.startswith("spare.")]


@pytest.mark.parametrize(("rest", "expected"), WARNED.values(), ids=WARNED)
def test_warned(rest: Callable[[Network], None], expected: list[str], caplog: pytest.LogCaptureFixture) -> None:
    """
    A warning names path, rule, value and remedy, once; every host is pushed to all the same.
    """
    assert expected == warnings(rest, caplog, Firewall())


def test_nothing_is_closed_without_a_firewall(caplog: pytest.LogCaptureFixture) -> None:
    """
    On a network without a firewall nothing is closed, and there is nothing to warn of.
    """
    assert [] == warnings(app, caplog, None)
