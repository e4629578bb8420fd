"""Trees of settings, and the same trees with other values."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from hacomponents.topology.memcached import Memcached
from hacomponents.topology.tree import rewritten


@dataclass(frozen=True)
class Leaf:
    """With a name of its own."""

    name: str
    first_value: object = None


@dataclass(frozen=True)
class Tree:
    """With all that a tree can hold."""

    plain: object = None
    marked: object = field(default=None, metadata={"mark": True})
    inside: object = None
    items: object = ()


def seen(tree: Tree) -> dict[str, object]:
    """The values of a tree, by name."""
    found: dict[str, object] = {}

    def see(name: str, _: object, value: object) -> object:
        found[name] = value
        return value

    assert rewritten(tree, "root", see) is tree
    return found


def test_every_value_has_its_name() -> None:
    """
    By the fields on the way to it; items by their own name, or else by their place.
    """
    tier = Memcached("pages", ())

    assert seen(Tree(plain=tier, inside=Leaf("first", 1), items=(Leaf("second", 2), "third", (4,)))) == {
        "root-plain": tier,
        "root-marked": None,
        "root-inside-name": "first",
        "root-inside-first-value": 1,
        "root-items-second-name": "second",
        "root-items-second-first-value": 2,
        "root-items-1": "third",
        "root-items-2-0": 4,
    }


def test_what_changes_is_replaced_and_the_rest_kept() -> None:
    """
    A new value makes new dataclasses on the way to it, and no others.
    """
    untouched, tree = Leaf("untouched"), Tree(marked="old", inside=Leaf("leaf"))

    def change(_: str, metadata: Any, value: object) -> object:
        return "new" if "mark" in metadata else value

    assert rewritten(Tree(marked="old", items=(untouched,)), "", change) == Tree(marked="new", items=(untouched,))
    assert rewritten(tree, "", change).inside is tree.inside
    assert "text" == rewritten("text", "", change)
