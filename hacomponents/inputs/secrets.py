"""Secrets and certificates of a declaration: from the program's inputs to what the topology may know of them."""

from collections.abc import Callable, Iterator, Mapping
from typing import TypeVar

import pulumi

from hacomponents.inputs.certificates import pem_label, public_key
from hacomponents.topology.certificate import CERTIFICATE, Certificate
from hacomponents.topology.fields import BEARER_TOKEN, PASSWORD
from hacomponents.topology.secret import SECRET, Secret, digest
from hacomponents.topology.tree import rewritten

T = TypeVar("T")
Mark = Mapping[str, bool]


def inputs_of(tree: object, name: str, mark: Mark = SECRET) -> Iterator[tuple[str, pulumi.Input[str]]]:
    """Names and values of all secrets in a tree of dataclasses.

    Args:
        tree: where to look.
        name: what the names start with; the path of fields follows, as in `lb-stats-password`.
        mark: of the fields to look for. Default: secrets; `CERTIFICATE` is the other.
    """
    found: list[tuple[str, pulumi.Input[str]]] = []

    def collect(where: str, value: object) -> object:
        if isinstance(value, str | pulumi.Output):
            found.append((where, value))
        return value

    _rewritten(tree, name, mark, collect)
    return iter(found)


def resolved(tree: T, name: str, secrets: Mapping[str, Secret], certificates: Mapping[str, Certificate]) -> T:
    """The same tree, with a `Secret` or a `Certificate` where each value was.

    Args:
        tree: as for `inputs_of`.
        name: as for `inputs_of`.
        secrets: by those names.
        certificates: likewise.
    """
    tree = _rewritten(tree, name, SECRET, secrets.get)
    return _rewritten(tree, name, CERTIFICATE, certificates.get)


def secret(name: str, value: str, key: str) -> Secret:
    """What the topology may know of a value."""
    clean, plain = (shape.fullmatch(value) is not None for shape in (PASSWORD, BEARER_TOKEN))
    return Secret(name, digest(key, value), len(value), clean, pem_label(value), public_key(value), plain)


def _rewritten(tree: T, name: str, mark: Mark, change: Callable[[str, object], object]) -> T:
    """The same tree, with other values in the fields that have the mark."""

    def change_marked(where: str, metadata: Mark, value: object) -> object:
        if not mark.items() <= metadata.items():
            return value
        if isinstance(value, Mapping):
            return {key: change(f"{where}-{key}".replace("_", "-").lower(), entry) for key, entry in value.items()}
        return change(where, value)

    return rewritten(tree, name, change_marked)
