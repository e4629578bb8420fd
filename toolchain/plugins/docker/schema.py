"""What the inputs of a resource type are: their types, defaults, and what a change of them means."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

Property: TypeAlias = Any
"""A property's value, of the type that its schema says, or UNKNOWN, or None."""

# Tells what is wrong with a scalar, or None.
Rule = Callable[[object], str | None]


@dataclass(frozen=True)
class Scalar:
    """A string, whole number or truth value.

    Args:
        kind: Python type of the value.
        rule: of the values that are allowed.
        normal: turns different spellings of one value into one; not applied to what is empty.
    """

    kind: type[str] | type[int] | type[bool]
    rule: Rule | None = None
    normal: Callable[[str], object] | None = None


@dataclass(frozen=True)
class ListOf:
    """A list whose order means something."""

    item: "Type"


@dataclass(frozen=True)
class SetOf:
    """A list whose order means nothing."""

    item: "Type"


@dataclass(frozen=True)
class MapOf:
    """A map from free keys to values of one type."""

    item: "Type"


@dataclass(frozen=True)
class Object:
    """A map with known keys."""

    fields: Mapping[str, "Field"]


Type = Scalar | ListOf | SetOf | MapOf | Object


@dataclass(frozen=True)
class Field:
    """One input.

    Args:
        type: of its value.
        required: whether the program must give it.
        default: what Check puts in where the program gives nothing; None: nothing.
        replaces: whether a change needs a new object.
        drops_in_place: whether its removal, too, is possible without a new object.
        computed: whether Docker chooses a value where the program gives none, so that only a given one is compared.
    """

    type: Type
    required: bool = False
    default: object = None
    replaces: bool = True
    drops_in_place: bool = False
    computed: bool = False


STRING = Scalar(str)
INT = Scalar(int)
BOOL = Scalar(bool)
STRINGS = MapOf(STRING)
LABELS = SetOf(Object({"label": Field(STRING, required=True), "value": Field(STRING, required=True)}))


@dataclass(frozen=True)
class Schema:
    """A resource type.

    Args:
        inputs: by name.
        outputs: names of attributes that are no inputs, unknown until the object exists.
        named: whether a name is made up where the program gives none.
        deletes_first: whether a replacement always deletes first; None: only where the program chose the name.
    """

    inputs: Mapping[str, Field]
    outputs: tuple[str, ...] = ()
    named: bool = True
    deletes_first: bool | None = None
