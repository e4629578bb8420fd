"""The names by which clients ask for a site."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hacomponents.errors import Problem
from hacomponents.topology import fields

if TYPE_CHECKING:
    from collections.abc import Iterator

ANY = "_"


def check_names(path: str, value: object) -> Iterator[Problem]:
    """A list of names, each once."""
    if not isinstance(value, tuple | list):
        yield Problem(path, "must be a list of names", 'write ["www.example.com"]', value)
        return
    for index, name in enumerate(value):
        shape = "a host name such as www.example.com, or _"
        yield from fields.text(f"{path}[{index}]", name, fields.SERVER_NAME, shape)
    if len({name.lower() for name in fields.texts(value)}) < len(value):
        yield Problem(path, "names one name twice", "remove one", value)


def check_redirect(path: str, redirect_from: object, server_name: object) -> Iterator[Problem]:
    """Names that lead to the first of the site's, which must be one to go to."""
    yield from check_names(path, redirect_from)
    goal = next(iter(fields.texts(server_name)), "")
    if redirect_from and (goal == ANY or "*" in goal):
        rule = "leads to the first server_name, which is no single host name"
        yield Problem(path, rule, 'put one first, such as "www.example.com"', goal)
