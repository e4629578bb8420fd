"""Settings whose rules stand at their fields: `weight: Annotated[int, between(1, 256)] = 1`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Annotated, get_args, get_origin, get_type_hints

from hacomponents.topology import fields

if TYPE_CHECKING:
    import re
    from collections.abc import Callable, Iterator, Mapping

    from hacomponents.errors import Problem


@dataclass(frozen=True)
class Rule:
    """What a field must hold.

    Args:
        words: the rule for a reader, such as "a whole number between 1 and 256".
        check: the problems of a value, by the path of its field.
    """

    words: str
    check: Callable[[str, object], Iterator[Problem]]


def between(low: int, high: int) -> Rule:
    """A whole number within bounds."""
    return Rule(f"a whole number between {low} and {high}", partial(fields.integer, low=low, high=high))


def seconds(low: float, high: float) -> Rule:
    """A duration; fractions are fine."""
    return Rule(f"seconds, between {low:g} and {high:g}", partial(fields.seconds, low=low, high=high))


def one_of(*words: str) -> Rule:
    """One of the daemon's own words."""
    return Rule("one of " + ", ".join(words), partial(fields.choice, allowed=words))


def shaped(pattern: re.Pattern[str], words: str) -> Rule:
    """A text of one shape, which `words` describe."""
    return Rule(words, partial(fields.text, pattern=pattern, shape=words))


class Settings:
    """A frozen dataclass whose rules stand at its fields; those between fields come in a `check` of its own."""

    def check(self, path: str) -> Iterator[Problem]:
        """Each field's rule, in their order. None is good where a field may be None."""
        for name, (rule, optional) in rules_of(type(self)).items():
            value = getattr(self, name)
            if value is not None or not optional:
                yield from rule.check(f"{path}.{name}", value)


def rules_of(kind: type) -> Mapping[str, tuple[Rule, bool]]:
    """The rule of each field that has one, and whether the field may be None."""
    hints = get_type_hints(kind, include_extras=True)
    ruled = {name: get_args(hint) for name, hint in hints.items() if get_origin(hint) is Annotated}
    return {name: (rule, type(None) in get_args(inner)) for name, (inner, rule, *_) in ruled.items()}
