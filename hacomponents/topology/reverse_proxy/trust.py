"""Proxies in front of the tier, and how far they are believed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hacomponents.errors import Problem
from hacomponents.topology import fields

if TYPE_CHECKING:
    from collections.abc import Iterator


def check_trust(path: str, trusted_proxies: object, proxy_protocol: object) -> Iterator[Problem]:
    """Rules of whose word on a client's address is taken.

    Args:
        path: of the tier.
        trusted_proxies: their networks.
        proxy_protocol: whether they speak it.
    """
    yield from fields.flag(f"{path}.proxy_protocol", proxy_protocol)
    where = f"{path}.trusted_proxies"
    if not isinstance(trusted_proxies, tuple | list):
        yield Problem(where, "must be a list of networks", 'write ["10.0.0.0/24"]', trusted_proxies)
        return
    for index, network in enumerate(trusted_proxies):
        yield from _check_network(f"{where}[{index}]", network)
    if len(set(map(str, trusted_proxies))) < len(trusted_proxies):
        yield Problem(where, "names one network twice", "remove one", trusted_proxies)


def _check_network(path: str, value: object) -> Iterator[Problem]:
    yield from fields.subnet(path, value)
    if str(value).endswith("/0"):
        rule = "trusts everybody, so that any client could choose its address"
        yield Problem(path, rule, "name the networks of the proxies in front", value)
