"""Secrets in texts: a text says `@@NAME@@` where one belongs, and `secrets={"NAME": ...}` beside it which.

So the text is known at preview, and shown, and the value travels as every secret does. `@@` is the agent's own mark: it
means nothing in a language that we render, and no text could hold it before.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from hacomponents.errors import Problem
from hacomponents.topology import fields
from hacomponents.topology.fields import PLACEHOLDER
from hacomponents.topology.secret import Secret, SecretInput, check_secret

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

Secrets = Mapping[str, SecretInput]
NAME = re.compile(r"[A-Z][A-Z0-9_]{0,31}")
MARKS = "- . _ ~ + / = :"


def names_in(text: object) -> list[str]:
    """The names of secrets in a text, in its order."""
    return [found["name"] for found in PLACEHOLDER.finditer(text)] if isinstance(text, str) else []


def filled(text: str, secrets: Secrets) -> str:
    """A text with the agent's marks in the place of names."""
    return PLACEHOLDER.sub(lambda found: _token(found["name"], secrets), text)


def named(secrets: Secrets) -> tuple[Secret, ...]:
    """The secrets themselves."""
    return tuple(secret for secret in secrets.values() if isinstance(secret, Secret))


def check_named(
    path: str, secrets: object, texts: Mapping[str, object], files: Mapping[str, Sequence[str]] | None = None
) -> Iterator[Problem]:
    """Every name in a text has its secret, and every secret its place.

    Args:
        path: of whoever has the texts and the secrets.
        secrets: by name.
        texts: in which secrets may be named, by field.
        files: names of secrets that a field wants in files of their own. Default: none.
    """
    if not isinstance(secrets, Mapping):
        remedy = 'write secrets={"TOKEN": config.require_secret("token")}'
        yield Problem(f"{path}.secrets", "must be a dict of names to secrets", remedy)
        return
    inside, alone = {field: names_in(text) for field, text in texts.items()}, files or {}
    yield from _check_names(path, secrets, [*inside.items(), *alone.items()])
    for name, secret in secrets.items():
        yield from _check_secret(f"{path}.secrets[{name!r}]", name, secret, _all(inside), _all(alone))


def _check_names(path: str, secrets: Secrets, named: Sequence[tuple[str, Sequence[str]]]) -> Iterator[Problem]:
    for field, names in named:
        for name in dict.fromkeys(names):
            if name not in secrets:
                remedy = f'add secrets={{"{name}": config.require_secret("{name.lower()}")}}, or remove it'
                yield Problem(f"{path}.{field}", f"names {name}, which is not in {path}.secrets", remedy)


def _check_secret(path: str, name: str, secret: object, inside: set[str], alone: set[str]) -> Iterator[Problem]:
    yield from fields.text(path, name, NAME, "named by capital letters, digits and underscores, 32 at most")
    yield from check_secret(path, secret)
    if NAME.fullmatch(str(name)) and name not in inside | alone:
        yield Problem(path, "is named nowhere", f"write @@{name}@@ where it belongs, or remove it")
    if not isinstance(secret, Secret):
        return
    if name in inside and not secret.plain:
        rule = f"must be one line of letters, digits and the marks {MARKS}, as it stands inside of a text"
        yield Problem(path, rule, "choose another")
    elif name in alone and not (secret.clean or secret.pem):
        rule = "must be PEM, or one line of letters, digits and marks without quotes, '$' or '|'"
        yield Problem(path, rule, "choose another")


def _all(found: Mapping[str, Sequence[str]]) -> set[str]:
    return {name for names in found.values() for name in names}


def _token(name: str, secrets: Secrets) -> str:
    secret = secrets[name]
    if not isinstance(secret, Secret):
        raise TypeError(name)  # a rule refuses it
    return secret.token
