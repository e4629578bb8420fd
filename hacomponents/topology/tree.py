"""Settings as trees of frozen dataclasses, and the same trees with other values in them."""

from __future__ import annotations

import dataclasses
import operator
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from hacomponents.topology.secret import CALLED
from hacomponents.topology.tier import Tier

T = TypeVar("T")
Change = Callable[[str, Mapping[Any, Any], object], object]


def rewritten(tree: T, name: str, change: Change) -> T:
    """The same tree with new values; what stays as it is, is the same object.

    Args:
        tree: a dataclass; anything else has no values.
        name: of the tree. A value's name is that with the fields on the way to it, as in `lb-stats-password`; items of
            a tuple go by their own name, or else by their place.
        change: makes the new value from a value's name, its field's metadata and the value. A tier inside the tree is
            one value: it has a tree of its own.
    """
    if not dataclasses.is_dataclass(tree) or isinstance(tree, type):
        return tree
    changes = {}
    for field in dataclasses.fields(tree):
        value = getattr(tree, field.name)
        where = f"{name}-{field.metadata.get(CALLED, field.name)}".replace("_", "-")
        new = _rewritten_value(value, where, field.metadata, change)
        if new is not value:
            changes[field.name] = new
    return dataclasses.replace(tree, **changes) if changes else tree


def _rewritten_value(value: object, name: str, metadata: Mapping[Any, Any], change: Change) -> object:
    if isinstance(value, tuple):
        names = (f"{name}-{_label(item, place)}" for place, item in enumerate(value))
        new = tuple(_rewritten_value(item, each, metadata, change) for item, each in zip(value, names, strict=True))
        return value if all(map(operator.is_, new, value)) else new
    if dataclasses.is_dataclass(value) and not isinstance(value, type | Tier):
        return rewritten(value, name, change)
    return change(name, metadata, value)


def _label(item: object, place: int) -> str:
    """By its name where it has one, so that it is the same when others come before it."""
    name = getattr(item, "name", None) if dataclasses.is_dataclass(item) else None
    return name if isinstance(name, str) else str(place)
