"""Secrets of a declaration: from the program's inputs to names and digests."""

import dataclasses
from collections.abc import Callable, Iterator, Mapping
from typing import TypeVar

import pulumi

from hacomponents.topology.fields import PASSWORD
from hacomponents.topology.secret import SECRET, Secret, digest
from hacomponents.topology.tier import Tier

Node = TypeVar("Node")


def inputs_of(node: object, name: str) -> Iterator[tuple[str, pulumi.Input[str]]]:
    """Names and values of all secrets in a tree of dataclasses.

    Args:
        node: where to look.
        name: what the names start with; the path of fields follows, as in `lb-stats-password`.
    """
    found: list[tuple[str, pulumi.Input[str]]] = []

    def collect(where: str, value: object) -> object:
        if isinstance(value, str | pulumi.Output):
            found.append((where, value))
        return value

    _walk(node, name, collect)
    return iter(found)


def resolved(node: Node, name: str, secrets: Mapping[str, Secret]) -> Node:
    """The same tree, with a `Secret` where each value was.

    Args:
        node: as for `inputs_of`.
        name: as for `inputs_of`.
        secrets: by those names.
    """
    return _walk(node, name, secrets.get)


def secret(name: str, value: str, key: str) -> Secret:
    """What the topology may know of a value."""
    return Secret(name, digest(key, value), len(value), PASSWORD.fullmatch(value) is not None)


def _walk(node: Node, name: str, change: Callable[[str, object], object]) -> Node:
    if not dataclasses.is_dataclass(node) or isinstance(node, type):
        return node
    changes = {}
    for field in dataclasses.fields(node):
        where = f"{name}-{field.name}".replace("_", "-")
        value = getattr(node, field.name)
        if not SECRET.items() <= field.metadata.items():
            # A tier behind has secrets of its own.
            new = value if isinstance(value, Tier) else _walk(value, where, change)
        elif isinstance(value, Mapping):
            new = {key: change(f"{where}-{key}".replace("_", "-").lower(), entry) for key, entry in value.items()}
        else:
            new = change(where, value)
        if new is not value:
            changes[field.name] = new
    return dataclasses.replace(node, **changes) if changes else node
