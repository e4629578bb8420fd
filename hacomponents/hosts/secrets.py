"""Secrets and certificates of a declaration: from the program's inputs to what the topology may know of them."""

import dataclasses
import operator
from collections.abc import Callable, Iterator, Mapping
from typing import TypeVar

import pulumi

from hacomponents.hosts.certificates import pem_label, public_key
from hacomponents.topology.certificate import CERTIFICATE, Certificate
from hacomponents.topology.fields import BEARER_TOKEN, PASSWORD
from hacomponents.topology.secret import CALLED, SECRET, Secret, digest
from hacomponents.topology.tier import Tier

Node = TypeVar("Node")
Mark = Mapping[str, bool]


def inputs_of(node: object, name: str, mark: Mark = SECRET) -> Iterator[tuple[str, pulumi.Input[str]]]:
    """Names and values of all secrets in a tree of dataclasses.

    Args:
        node: where to look.
        name: what the names start with; the path of fields follows, as in `lb-stats-password`.
        mark: of the fields to look for. Default: secrets; `CERTIFICATE` is the other.
    """
    found: list[tuple[str, pulumi.Input[str]]] = []

    def collect(where: str, value: object) -> object:
        if isinstance(value, str | pulumi.Output):
            found.append((where, value))
        return value

    _walk(node, name, mark, collect)
    return iter(found)


def resolved(node: Node, name: str, secrets: Mapping[str, Secret], certificates: Mapping[str, Certificate]) -> Node:
    """The same tree, with a `Secret` or a `Certificate` where each value was.

    Args:
        node: as for `inputs_of`.
        name: as for `inputs_of`.
        secrets: by those names.
        certificates: likewise.
    """
    node = _walk(node, name, SECRET, secrets.get)
    return _walk(node, name, CERTIFICATE, certificates.get)


def secret(name: str, value: str, key: str) -> Secret:
    """What the topology may know of a value."""
    clean, plain = (shape.fullmatch(value) is not None for shape in (PASSWORD, BEARER_TOKEN))
    return Secret(name, digest(key, value), len(value), clean, pem_label(value), public_key(value), plain)


def _walk(node: Node, name: str, mark: Mark, change: Callable[[str, object], object]) -> Node:
    if not dataclasses.is_dataclass(node) or isinstance(node, type):
        return node
    changes = {}
    for field in dataclasses.fields(node):
        where = f"{name}-{field.metadata.get(CALLED, field.name)}".replace("_", "-")
        value = getattr(node, field.name)
        if not mark.items() <= field.metadata.items():
            new = _walk_inside(value, where, mark, change)
        elif isinstance(value, Mapping):
            new = {key: change(f"{where}-{key}".replace("_", "-").lower(), entry) for key, entry in value.items()}
        else:
            new = change(where, value)
        if new is not value:
            changes[field.name] = new
    return dataclasses.replace(node, **changes) if changes else node


def _walk_inside(value: object, name: str, mark: Mark, change: Callable[[str, object], object]) -> object:
    # What is quickly told comes first.
    if value is None or isinstance(value, str | int | float | pulumi.Output):
        return value
    if isinstance(value, Tier):  # one behind has secrets of its own
        return value
    if isinstance(value, tuple):
        new = tuple(
            _walk_inside(each, f"{name}-{_label(each, index)}", mark, change) for index, each in enumerate(value)
        )
        return value if all(map(operator.is_, new, value)) else new
    return _walk(value, name, mark, change)


def _label(item: object, index: int) -> str:
    """By its name where it has one, so that it is the same when others come before it."""
    name = getattr(item, "name", None) if dataclasses.is_dataclass(item) else None
    return name if isinstance(name, str) else str(index)
