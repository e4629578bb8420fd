"""Property values: plain Python on our side, protobuf Struct on the wire.

The signatures are those of Pulumi's property-value encoding (sdk/go/common/resource/properties.go, v3.251.0).
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from enum import Enum
from typing import Any, TypeAlias

from google.protobuf.struct_pb2 import NULL_VALUE, ListValue, Struct
from google.protobuf.struct_pb2 import Value as Wire

Values: TypeAlias = dict[str, Any]
"""Properties by name: str, int, float, bool, None, list, dict, Secret, Asset, Archive or UNKNOWN."""

_UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
_SIGNATURE = "4dabf18193072939515e22adb298388d"
_SECRET = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105 - a signature, not a password
_ASSET = "c44067f5952c0a294b673a41bacd8c17"
_ARCHIVE = "0def7320c3a5731c473e5ecbe6d01bc7"
_OUTPUT = "d0e6a833031e9bbcd3f4e8bde6ca49a4"
_EXACT = 2**53  # above it, a double no longer holds every integer


class _Unknown(Enum):
    """The type of UNKNOWN; an enumeration, so that `is UNKNOWN` narrows types."""

    UNKNOWN = _UNKNOWN


UNKNOWN = _Unknown.UNKNOWN
"""A value that a preview does not know yet."""


@dataclass(frozen=True)
class Secret:
    """A value that the engine encrypts in the state and hides on screen; its repr hides it too."""

    value: Any

    def __repr__(self) -> str:
        """Hide the value."""
        return "Secret(...)"


@dataclass(frozen=True)
class Asset:
    """A text, file or remote file; `hash` is the sha256 of its content, in hex."""

    hash: str | None = None
    text: str | None = None
    path: str | None = None
    uri: str | None = None


@dataclass(frozen=True)
class Archive:
    """Several files: a folder or archive at `path` or `uri`, or `assets` by name; `hash` is a sha256, in hex."""

    hash: str | None = None
    assets: Values | None = None
    path: str | None = None
    uri: str | None = None


def from_struct(struct: Struct) -> Values:
    """Read properties off the wire; numbers without a fraction become int. ValueError: a value of an unknown kind."""
    return {name: _from_wire(value) for name, value in struct.fields.items()}


def to_struct(values: Values) -> Struct:
    """Put properties on the wire. TypeError: a value of a type that Pulumi has no word for."""
    struct = Struct()
    for name, value in values.items():
        struct.fields[name].CopyFrom(_to_wire(value))
    return struct


def reveal(value: object) -> Any:  # noqa: ANN401 - as dynamic as the value it is given
    """Return `value` with every Secret in it, at any depth, replaced by what it hides."""
    match value:
        case Secret():
            return reveal(value.value)
        case list():
            return [reveal(item) for item in value]
        case dict():
            return {name: reveal(item) for name, item in value.items()}
        case _:
            return value


def has_unknown(value: object) -> bool:
    """Tell whether `value` is UNKNOWN or holds it at any depth."""
    match value:
        case Secret():
            return has_unknown(value.value)
        case list():
            return any(map(has_unknown, value))
        case dict():
            return any(map(has_unknown, value.values()))
        case _:
            return value is UNKNOWN


def _from_wire(wire: Wire) -> Any:  # noqa: ANN401 - the wire is dynamic
    match wire.WhichOneof("kind"):
        case "string_value":
            return UNKNOWN if wire.string_value == _UNKNOWN else wire.string_value
        case "number_value":
            number = wire.number_value
            return int(number) if number.is_integer() and abs(number) < _EXACT else number
        case "bool_value":
            return wire.bool_value
        case "list_value":
            return [_from_wire(item) for item in wire.list_value.values]
        case "struct_value":
            return _from_object(wire.struct_value)
        case _:
            return None


def _from_object(struct: Struct) -> Any:  # noqa: ANN401 - the signature in it decides
    values = from_struct(struct)
    signature = values.pop(_SIGNATURE, None)
    match signature:
        case None:
            return values
        case str() if signature == _SECRET:
            return Secret(values["value"])
        case str() if signature == _ASSET:
            return Asset(**values)
        case str() if signature == _ARCHIVE:
            return Archive(**values)
        case str() if signature == _OUTPUT:
            value = values.get("value", UNKNOWN)
            return Secret(value) if values.get("secret") else value
        case _:
            message = f"a property value with the signature {signature!r} is not supported"
            raise ValueError(message)


def _to_wire(value: object) -> Wire:
    match value:
        case None:
            return Wire(null_value=NULL_VALUE)
        case _Unknown():
            return Wire(string_value=_UNKNOWN)
        case bool():
            return Wire(bool_value=value)
        case int() | float():
            return Wire(number_value=value)
        case str():
            return Wire(string_value=value)
        case _:
            return _compound(value)


def _compound(value: object) -> Wire:
    if isinstance(value, list | tuple):
        return Wire(list_value=ListValue(values=[_to_wire(item) for item in value]))
    return Wire(struct_value=to_struct(_object(value)))


def _object(value: object) -> Values:
    match value:
        case dict():
            return value
        case Secret():
            return {_SIGNATURE: _SECRET, "value": value.value}
        case Asset() | Archive():
            given = {field.name: getattr(value, field.name) for field in fields(value)}
            signature = _ASSET if isinstance(value, Asset) else _ARCHIVE
            return {_SIGNATURE: signature} | {name: item for name, item in given.items() if item is not None}
        case _:
            message = f"{type(value).__name__} is no type of property value"
            raise TypeError(message)
