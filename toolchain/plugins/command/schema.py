"""What may be given to a command, and how a wrong input is named.

The texts are the official plugin's. Failures name no property, because the engine prints the value of a named one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from toolchain.plugins.rpc import UNKNOWN, CheckFailure, Secret, Values, reveal

if TYPE_CHECKING:
    from collections.abc import Iterator


class Type(Protocol):
    """What a property's value must be."""

    def problems(self, path: str, owner: str, value: object) -> Iterator[str]:
        """Yield what is wrong with a (known, not null) `value` at `path` of the object type `owner`."""


@dataclass(frozen=True)
class Scalar:
    """A value of one Python type; `name` is what Go calls it."""

    name: str
    types: tuple[type, ...]

    def problems(self, path: str, owner: str, value: object) -> Iterator[str]:
        """See Type."""
        if not isinstance(value, self.types) or isinstance(value, bool) != (bool in self.types):
            yield _mismatch(path, owner, self.name, value)


@dataclass(frozen=True)
class Choice:
    """One of a few words."""

    words: tuple[str, ...]

    def problems(self, path: str, owner: str, value: object) -> Iterator[str]:
        """See Type."""
        if value not in self.words:
            yield f"Field '{path}' on '{owner}' must be one of {', '.join(self.words)}"


@dataclass(frozen=True)
class ListOf:
    """A list of values of one type; without `item`, of anything."""

    item: Type | None

    def problems(self, path: str, owner: str, value: object) -> Iterator[str]:
        """See Type."""
        if not isinstance(value, list):
            yield _mismatch(path, owner, "[]interface {}", value)
        elif self.item:
            for index, item in enumerate(value):
                yield from _known_problems(self.item, f"{path}[{index}]", owner, item)


@dataclass(frozen=True)
class MapOf:
    """Values of one type by name."""

    item: Type

    def problems(self, path: str, owner: str, value: object) -> Iterator[str]:
        """See Type."""
        if not isinstance(value, dict):
            yield _mismatch(path, owner, "map[string]interface {}", value)
            return
        for name, item in sorted(value.items()):
            if item is not None:
                yield from _known_problems(self.item, f"{path}[{name}] value", owner, item)


@dataclass(frozen=True)
class Unsupported:
    """A property of the official plugin that this one does not have."""

    reason: str

    def problems(self, path: str, owner: str, value: object) -> Iterator[str]:
        """See Type."""
        if value not in ({}, []):
            yield f"Field '{path}' on '{owner}' is not supported: {self.reason}"


@dataclass(frozen=True)
class Object:
    """Named properties; absent ones get their default, the secret ones are marked so."""

    name: str
    properties: dict[str, Type]
    required: tuple[str, ...] = ()
    secret: tuple[str, ...] = ()
    defaults: tuple[tuple[str, object], ...] = ()

    def problems(self, path: str, owner: str, value: object) -> Iterator[str]:
        """See Type."""
        if not isinstance(value, dict):
            yield _mismatch(path, owner, "map[string]interface {}", value)
            return
        prefix = f"{path}." if path else ""
        given = {name: item for name, item in value.items() if item is not None and not name.startswith("__")}
        for name in self.required:
            if name not in given:
                yield f"Missing required field '{prefix}{name}' on '{self.name}'"
        for name, item in sorted(given.items()):
            if name in self.properties:
                yield from _known_problems(self.properties[name], f"{prefix}{name}", self.name, item)
            else:
                yield f"Unrecognized field '{prefix}{name}' on '{self.name}'"


_STRING = Scalar("string", (str,))
_NUMBER = Scalar("float64", (int, float))

_COMMON: dict[str, Type] = {
    "create": _STRING,
    "update": _STRING,
    "delete": _STRING,
    "stdin": _STRING,
    "triggers": ListOf(None),
    "logging": Choice(("stdout", "stderr", "stdoutAndStderr", "none")),
    "addPreviousOutputInEnv": Scalar("bool", (bool,)),
}
_ASSETS = Unsupported("this plugin collects no files: read them in the program")
_LOCAL: dict[str, Type] = {
    "environment": MapOf(_STRING),
    "interpreter": ListOf(_STRING),
    "dir": _STRING,
    "assetPaths": _ASSETS,
    "archivePaths": _ASSETS,
}
LOCAL = Object("local.CommandInputs", _COMMON | _LOCAL)

_DIALLED: dict[str, Type] = {
    "host": _STRING,
    "port": _NUMBER,
    "user": _STRING,
    "password": _STRING,
    "privateKey": _STRING,
    "privateKeyPassword": _STRING,
    "agentSocketPath": _STRING,
    "hostKey": _STRING,
    "dialErrorLimit": _NUMBER,
    "perDialTimeout": _NUMBER,
}
_DEFAULTS = (("user", "root"), ("port", 22), ("dialErrorLimit", 10), ("perDialTimeout", 15))
_KEYS = ("password", "privateKey", "privateKeyPassword")
_PROXY = Object("remote.ProxyConnection", _DIALLED, ("host",), _KEYS, _DEFAULTS)
_CONNECTION = Object("remote.Connection", _DIALLED | {"proxy": _PROXY}, ("host",), _KEYS, _DEFAULTS)
_REMOTE: dict[str, Type] = {
    "connection": _CONNECTION,
    "environment": Unsupported("SSH servers drop variables without a word: set them in the script"),
}
REMOTE = Object("remote.CommandInputs", _COMMON | _REMOTE, required=("connection",), secret=("connection",))


def failures(type_: Object, values: Values) -> list[CheckFailure]:
    """Return all that is wrong with `values`; unknown values are never wrong."""
    return [CheckFailure("", reason) for reason in type_.problems("", "", reveal(values))]


def completed(type_: Object, values: Values) -> Values:
    """Return `values` with the defaults of absent properties, secret ones marked, null ones left out."""
    given = {name: _completed(type_.properties.get(name), item) for name, item in values.items() if item is not None}
    given |= {name: default for name, default in type_.defaults if name not in given}
    return given | {name: _secret(given[name]) for name in type_.secret if name in given}


def _completed(type_: Type | None, value: object) -> object:
    match type_, value:
        case Object(), Secret():
            return Secret(_completed(type_, value.value))
        case Object(), dict():
            return completed(type_, value)
        case MapOf(), dict():
            return {name: item for name, item in value.items() if item is not None}
        case _:
            return value


def _secret(value: object) -> Secret:
    return value if isinstance(value, Secret) else Secret(value)


def _known_problems(type_: Type, path: str, owner: str, value: object) -> Iterator[str]:
    if value is not UNKNOWN:
        yield from type_.problems(path, owner, value)


def _mismatch(path: str, owner: str, expected: str, value: object) -> str:
    return f"Field '{path}' on '{owner}' must be a '{expected}'; got '{_go_type(value)}' instead"


def _go_type(value: object) -> str:
    match value:
        case bool():
            return "bool"
        case int() | float():
            return "float64"
        case str():
            return "string"
        case list():
            return "[]interface {}"
        case None:
            return "<nil>"
        case _:
            return "map[string]interface {}"
