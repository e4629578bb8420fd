"""Kinds of services: each is a class, and has what may be said of such a service as its fields.

    class Memcached(Kind):
        address: str = required(rules.address)
        user: typing.Optional[str] = optional(rules.user)

The same lines say what a bundle must hold, and give the class the value: ``self.address``.
"""

import typing

from . import rules
from .service import Json, Service


class Field:
    """A field of a kind. Its name is that of the class's attribute."""

    def __init__(self, check: rules.Check, *, is_required: bool, default: Json = None) -> None:
        self.check = check
        self.is_required = is_required
        self.name = ""
        self._default = default

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def __get__(self, kind: typing.Optional["Kind"], owner: type) -> Json:
        return kind.service.get(self.name, self._default) if kind is not None else self


def required(check: rules.Check) -> Json:
    """Return a field that each service of the kind has."""
    return Field(check, is_required=True)


def optional(check: rules.Check, default: Json = None) -> Json:
    """Return a field that a service may have; else its value is ``default``."""
    return Field(check, is_required=False, default=default)


class Kind:
    """A service of one kind."""

    files: typing.Sequence[str] = required(rules.many(rules.prefix))
    # Whether it runs what is not ours: it may die or be silent whatever the agent does.
    of_application = False

    def __init__(self, service: Service) -> None:
        self.service = service

    @classmethod
    def fields(cls) -> typing.Dict[str, Field]:
        """Return the fields by their names, those of base classes included."""
        found = {name: each for base in reversed(cls.__mro__) for name, each in vars(base).items()}
        return {name: each for name, each in found.items() if isinstance(each, Field)}


Kinds = typing.Mapping[str, typing.Type[Kind]]  # by name, in the order in which services start
