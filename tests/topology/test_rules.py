"""Each tier's own rules first, then those between the tiers that keep theirs."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

import pytest

from hacomponents.topology.rules import problems, warnings
from tests.render.test_hostile import SITES, swapped
from tests.topology.declare import told
from tests.topology.sites import rails

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hacomponents.topology.site import Site

# What the library makes itself, and no program gives.
OURS = ("Certificate", "Folder", "Host", "Secret")
OUR_FIELDS = ("hosts", "folder", "name", "path", "short_form", "ReverseProxy.virtual_hosts")
WRONG: tuple[Any, ...] = (None, 5, True, "x", (), [], {}, ["x"], ("x",), {"a": 1}, object())


def nodes(node: Any, seen: set[int]) -> Iterator[Any]:
    """Every object of the model in a site, once."""
    if id(node) in seen:
        return
    if isinstance(node, tuple | dict):
        for each in node.values() if isinstance(node, dict) else node:
            yield from nodes(each, seen)
    elif dataclasses.is_dataclass(node):
        seen.add(id(node))
        yield node
        for field in dataclasses.fields(node):
            yield from nodes(getattr(node, field.name), seen)


FIELDS = {
    f"{type(node).__name__}.{field.name}": (site, node, field.name)
    for site in reversed(SITES)
    for node in nodes((site.tiers, site.network), set())
    if type(node).__name__ not in OURS
    for field in dataclasses.fields(node)
    if not {field.name, f"{type(node).__name__}.{field.name}"} & set(OUR_FIELDS)
}


@pytest.mark.parametrize("name", FIELDS)
def test_a_wrong_object(name: str) -> None:
    """
    An object of a wrong type in a field is told or taken; no rule and no warning ends in an exception of its own.
    """
    site, node, field = FIELDS[name]
    for wrong in WRONG:
        changed: Site = swapped(site, node, dataclasses.replace(node, **{field: wrong}), {})
        list(problems(changed))
        for tier in changed.tiers:
            list(warnings(changed, tier))


def test_a_wrong_tier_is_not_held_against_others() -> None:
    """
    Of a tier that is wrong by itself nothing else is told: neither that it serves nothing, nor that its VIP is
    another's. Of the others, everything is.
    """
    error = told(
        lambda: rails(
            thin={"processes": 0}, web_vip={"address": "10.10.0.20", "virtual_router_id": 300}, web={"port": 8009}
        )
    )

    paths = [line.strip().split(":")[0] for line in error.splitlines()[1:]]
    assert ["app.server.processes", "web.vip.virtual_router_id", "web.port"] == paths
