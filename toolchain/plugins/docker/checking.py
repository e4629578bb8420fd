"""Check: are the program's inputs right, and what are the ones that it left out?"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from toolchain.plugins.docker.schema import ListOf, MapOf, Object, Scalar, Schema, SetOf
from toolchain.plugins.rpc import UNKNOWN, CheckFailure, CheckResult, Context, Values

if TYPE_CHECKING:
    from toolchain.plugins.docker.schema import Property, Type

# Pulumi's bridge notes here which inputs it filled in; a state may come from it, or go back to it.
DEFAULTS = "__defaults"
_WORDS = {str: "a string", int: "a whole number", bool: "true or false"}


def check(schema: Schema, ctx: Context, olds: Values, news: Values) -> CheckResult:
    """Validate `news` against the schema and fill in defaults and, for a named type, the name.

    A name that was made up once is kept as long as the object lives (`olds`).
    """
    problems: list[str] = []
    inputs = _object(Object(schema.inputs), news, "", problems)
    defaults = sorted(key for key in inputs if news.get(key) is None)
    if schema.named and inputs.get("name") is None:
        inputs["name"] = olds.get("name") or made_up_name(ctx)
        defaults = sorted([*defaults, "name"])
    return CheckResult(
        inputs | {DEFAULTS: defaults}, [CheckFailure("", f"{ctx.name}.{problem}") for problem in problems]
    )


def made_up_name(ctx: Context) -> str:
    """The resource's name and 7 random hexadecimal digits, as Pulumi's own."""
    return f"{ctx.name}-{hashlib.sha256(ctx.random_seed).hexdigest()[:7]}"


def _value(kind: Type, value: Property, path: str, problems: list[str]) -> Property:
    if value is UNKNOWN or value is None:
        return value
    match kind:
        case Scalar():
            return _scalar(kind, value, path, problems)
        case ListOf() | SetOf() if isinstance(value, list):
            return [_value(kind.item, item, f"{path}[{index}]", problems) for index, item in enumerate(value)]
        case MapOf() if isinstance(value, dict):
            return {key: _value(kind.item, item, f'{path}["{key}"]', problems) for key, item in value.items()}
        case Object() if isinstance(value, dict):
            return _object(kind, value, f"{path}.", problems)
        case ListOf() | SetOf():
            problems.append(f"{path}: must be a list")
        case _:
            problems.append(f"{path}: must be a map")
    return value


def _object(kind: Object, values: Values, path: str, problems: list[str]) -> Values:
    problems += [
        f"{path}{key}: unknown or unsupported input. Known here: {', '.join(sorted(kind.fields))}"
        for key in sorted(values.keys() - kind.fields.keys() - {DEFAULTS})
    ]
    checked = {}
    for key, field in kind.fields.items():
        value = _value(field.type, values.get(key), f"{path}{key}", problems)
        if value is None and field.required:
            problems.append(f"{path}{key}: required, but not given")
        value = field.default if value is None else value
        if value is not None:
            checked[key] = value
    return checked


def _scalar(kind: Scalar, value: object, path: str, problems: list[str]) -> object:
    value = _converted(kind, value)
    if type(value) is not kind.kind:
        problems.append(f"{path}: must be {_WORDS[kind.kind]}, not {_described(value)}")
        return value
    problem = kind.rule(value) if kind.rule else None
    if problem:
        problems.append(f"{path}: {problem}")
    return value


def _converted(kind: Scalar, value: object) -> object:
    """Numbers as text and the like, which untyped programs send and Pulumi has always taken."""
    if kind.kind is int and isinstance(value, str) and value.lstrip("-").isdecimal():
        return int(value)
    if kind.kind is bool and value in ("true", "false"):
        return value == "true"
    if kind.kind is str and isinstance(value, (int, float)):
        return str(value).lower() if isinstance(value, bool) else str(value)
    return value


def _described(value: object) -> str:
    return "a map" if isinstance(value, dict) else "a list" if isinstance(value, list) else repr(value)
