"""Tiers that nobody comes to: closed, and a warning each, with its exact text; none of them stops anything."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from hacomponents import AppTier, Command, Firewall, LoadBalancerTier, MemcachedLookup, MemcachedTier, ReverseProxyTier
from tests.topology import declare
from tests.topology.declare import Network

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


def warned(rest: Callable[[Network], None], firewall: Firewall | None) -> list[str]:
    """The warnings of the spare tier, on a site with something else on it."""

    def program() -> None:
        net = Network("site", cidr="10.10.0.0/24", firewall=firewall)
        used = AppTier("app", hosts=net.hosts("app", 2), server=SERVE)
        LoadBalancerTier("lb", hosts=net.hosts("lb", 2), to=used)
        rest(net)

    return [text for text in declare.warned(program) if text.startswith("spare.")]


@pytest.mark.parametrize(("rest", "expected"), WARNED.values(), ids=WARNED)
def test_warned(rest: Callable[[Network], None], expected: list[str]) -> None:
    """
    A warning names path, rule, value and remedy, once.
    """
    assert expected == warned(rest, Firewall())


def test_nothing_is_closed_without_a_firewall() -> None:
    """
    On a network without a firewall nothing is closed, and there is nothing to warn of.
    """
    assert [] == warned(app, None)
