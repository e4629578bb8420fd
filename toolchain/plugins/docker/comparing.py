"""Diff: what changed between the object and the program, and does it take a new object?"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING

from toolchain.plugins.docker.checking import DEFAULTS
from toolchain.plugins.docker.schema import Field, ListOf, MapOf, Object, Scalar, Schema, SetOf
from toolchain.plugins.rpc import UNKNOWN, DiffResult, Kind, Values

if TYPE_CHECKING:
    from toolchain.plugins.docker.schema import Property, Type

_REPLACING = {Kind.ADD: Kind.ADD_REPLACE, Kind.DELETE: Kind.DELETE_REPLACE, Kind.UPDATE: Kind.UPDATE_REPLACE}
Change = tuple[str, Kind]


def compare(schema: Schema, old_inputs: Values, olds: Values, news: Values) -> DiffResult:
    """Compare the object's recorded state (`olds`) with the program's new inputs, property by property."""
    detailed: dict[str, Kind] = {}
    replaces: list[str] = []
    for key, field in schema.inputs.items():
        changes = list(_changes_of(key, field, old_inputs, olds, news))
        if changes and _needs_new_object(field, news.get(key)):
            replaces.append(key)
            changes = [(path, _REPLACING[kind]) for path, kind in changes]
        detailed.update(changes)
    stables = [key for key, field in schema.inputs.items() if field.replaces and key not in replaces]
    return DiffResult(bool(detailed), detailed, replaces, _deletes_first(schema, replaces, news), stables)


def same(kind: Type, old: object, new: object) -> bool:
    """Whether two values mean the same to Docker."""
    return bool(canonical(kind, old) == canonical(kind, new))


def canonical(kind: Type, value: Property) -> Property:
    """The one form of all values that mean the same; None where it is as good as not given."""
    if value is UNKNOWN or not value:
        return value or None  # UNKNOWN differs from everything that can be in a state
    match kind:
        case Scalar():
            return kind.normal(str(value)) if kind.normal else value
        case ListOf():
            return [canonical(kind.item, item) for item in value]
        case SetOf():
            return ordered([canonical(kind.item, item) for item in value])
        case MapOf():
            return {key: canonical(kind.item, item) for key, item in value.items()}
    known = {key: canonical(field.type, value.get(key, field.default)) for key, field in kind.fields.items()}
    return {key: item for key, item in known.items() if item is not None} or None


def ordered(values: list[Property]) -> list[Property]:
    """The elements of a set in the order in which they are recorded."""
    return sorted(values, key=lambda value: json.dumps(value, sort_keys=True, default=str))


def _changes_of(key: str, field: Field, old_inputs: Values, olds: Values, news: Values) -> Iterator[Change]:
    if field.computed and news.get(key) is None and old_inputs.get(key) is None:
        return
    yield from _changes(field.type, key, olds.get(key), news.get(key))


def _needs_new_object(field: Field, new: object) -> bool:
    return field.replaces or (new is None and not field.drops_in_place)


def _deletes_first(schema: Schema, replaces: list[str], news: Values) -> bool:
    if not replaces:
        return False
    if schema.deletes_first is not None:
        return schema.deletes_first
    return "name" not in news.get(DEFAULTS, [])


def _changes(kind: Type, path: str, old: Property, new: Property) -> Iterator[Change]:
    if same(kind, old, new):
        return
    if new is None:
        yield path, Kind.DELETE
    elif old is None:
        yield path, Kind.ADD
    elif isinstance(kind, MapOf | Object) and isinstance(old, dict) and isinstance(new, dict):
        yield from _changes_of_keys(kind, path, old, new)
    elif isinstance(kind, ListOf | SetOf) and isinstance(old, list) and isinstance(new, list):
        yield from _changes_of_items(kind, path, old, new)
    else:
        yield path, Kind.UPDATE


def _changes_of_keys(kind: MapOf | Object, path: str, old: Values, new: Values) -> Iterator[Change]:
    keys = list(kind.fields) if isinstance(kind, Object) else sorted(old.keys() | new.keys())
    for key in keys:
        item = kind.fields[key].type if isinstance(kind, Object) else kind.item
        step = f".{key}" if key.isidentifier() else f'["{key}"]'
        yield from _changes(item, f"{path}{step}", old.get(key), new.get(key))


def _changes_of_items(kind: ListOf | SetOf, path: str, old: list[Property], new: list[Property]) -> Iterator[Change]:
    if isinstance(kind, SetOf) and isinstance(kind.item, Object):
        # Its elements have no place and no name of their own.
        yield path, Kind.UPDATE if new else Kind.DELETE
        return
    if isinstance(kind, SetOf):
        old, new = _only_in(kind, old, new), _only_in(kind, new, old)
    for index in range(max(len(old), len(new))):
        before, after = old[index : index + 1], new[index : index + 1]
        yield from _changes(kind.item, f"{path}[{index}]", *(before or [None]), *(after or [None]))


def _only_in(kind: SetOf, values: list[Property], others: list[Property]) -> list[Property]:
    """`values` with None at the place of each one that is in `others`, too."""
    known = [canonical(kind.item, other) for other in others]
    return [None if canonical(kind.item, value) in known else value for value in values]
