"""The difference of two sets of properties, path by path, in the way of pulumi-go-provider's default Diff."""

from __future__ import annotations

import re
from collections.abc import Iterator

from toolchain.plugins.rpc.provider import Kind
from toolchain.plugins.rpc.values import Secret, Values, has_unknown

_PLAIN_KEY = re.compile(r"[A-Za-z_$][A-Za-z0-9_$]*")


def detailed_diff(old: Values, new: Values) -> dict[str, Kind]:
    """Return what was added, deleted or updated from `old` to `new`, by property path such as `triggers[0].a["b c"]`.

    None is the same as absent, 1 the same as 1.0 but not as True; becoming secret is an update; a value that is not
    known yet counts as changed; inside a secret there are no paths.
    """
    return dict(_objects("", old, new))


def _objects(path: str, old: Values, new: Values) -> Iterator[tuple[str, Kind]]:
    for key in sorted(old.keys() | new.keys()):
        yield from _values(_join(path, key), old.get(key), new.get(key))


def _lists(path: str, old: list[object], new: list[object]) -> Iterator[tuple[str, Kind]]:
    for index in range(max(len(old), len(new))):
        before = old[index] if index < len(old) else None
        after = new[index] if index < len(new) else None
        yield from _values(f"{path}[{index}]", before, after)


def _values(path: str, old: object, new: object) -> Iterator[tuple[str, Kind]]:
    match old, new:
        case None, None:
            return
        case None, _:
            yield path, Kind.ADD
        case _, None:
            yield path, Kind.DELETE
        case dict(), dict():
            yield from _objects(path, old, new)
        case list(), list():
            yield from _lists(path, old, new)
        case _ if has_unknown(new) or not _same(old, new):
            yield path, Kind.UPDATE


def _same(old: object, new: object) -> bool:
    match old, new:
        case Secret(), Secret():
            return not detailed_diff({"": old.value}, {"": new.value})
        case bool(), _:
            return old is new
        case _, bool():
            return False
        case _:
            return old == new


def _join(path: str, key: str) -> str:
    if not _PLAIN_KEY.fullmatch(key):
        return path + '["' + key.replace('"', '\\"') + '"]'
    return f"{path}.{key}" if path else key
