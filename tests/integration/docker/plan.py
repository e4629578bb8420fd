"""What a preview would do to each resource, held against what is expected of it."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

from tests.integration.docker.stack import name_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tests.integration.docker.stack import Update

    Changes = Mapping[str, str]

SAME = "same"
REPLACE = "replace"
PARTS = {"create-replacement": REPLACE, "delete-replaced": REPLACE}
"""The engine tells a replacement in steps, one of which has this name itself."""
UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
SHOWN = 100  # characters of a value
LINES = 12  # that changed in a text


@dataclass
class Planned:
    """What would happen to the resources of one name: to one, unless its URN is another one now.

    Attributes:
        operations: such as `update`, by URN.
        reasons: properties that differ, old and new.
    """

    operations: dict[str, str] = field(default_factory=dict)
    reasons: list[str] = field(default_factory=list)

    @property
    def operation(self) -> str:
        """The one; or `create, delete` where nothing tells the engine that both are the same."""
        return ", ".join(sorted(set(self.operations.values())))

    def __str__(self) -> str:
        urns = [f"{operation} {urn}" for urn, operation in self.operations.items()] if len(self.operations) > 1 else []
        return "".join(f"\n    {line}" for line in [*urns, *dict.fromkeys(self.reasons)])


def planned(preview: Update) -> dict[str, Planned]:
    """All resources of a stack, those included that nothing happens to, by name."""
    found: dict[str, Planned] = {}
    for step in preview.steps:
        resource = found.setdefault(name_of(step["urn"]), Planned())
        resource.operations[step["urn"]] = str(PARTS.get(step["op"], step["op"]))
        if step["op"] != SAME:
            resource.reasons.extend(_reasons(step))
    return found


def surprises(preview: Update, *tables: Changes) -> list[str]:
    """What a preview would do that is not expected, or would not do that is; each with the reason.

    Args:
        preview: of the stack.
        tables: each of an operation, such as `update`, and the names of its resources with spaces between; in them, `*`
            is any part of a name. The first that fits holds. What none fits is left as it is. Each name of the first
            table is there.
    """
    found = planned(preview)
    rows = [row for table in tables for row in table.items()]
    patterns = [(pattern, operation) for operation, names in rows for pattern in names.split()]
    own = [pattern for names in tables[0].values() for pattern in names.split()]
    idle = [pattern for pattern in own if not any(fnmatchcase(name, pattern) for name in found)]
    return [f"{pattern}: there is no such resource" for pattern in idle] + [
        f"{name}: {resource.operation}, not {wanted}{resource}"
        for name, resource in sorted(found.items())
        if resource.operation != (wanted := _wanted(name, patterns))
    ]


def _wanted(name: str, patterns: list[tuple[str, str]]) -> str:
    return next((operation for pattern, operation in patterns if fnmatchcase(name, pattern)), SAME)


def _reasons(step: Mapping[str, Any]) -> Iterator[str]:
    """The properties that differ; none where a resource comes or goes as a whole."""
    old, new = ((step.get(side) or {}).get("inputs") or {} for side in ("old", "new"))
    for path in sorted(step.get("detailedDiff") or step.get("diffs") or step.get("keys") or ()):
        yield f"{path}: {_change(_at(old, path), _at(new, path))}"


def _at(values: Any, path: str) -> Any:  # of JSON
    """The value at a path such as `labels[0].value`, or the last one on the way there."""
    for part in re.findall(r"[^.\[\]\"]+", path):
        try:
            values = values[int(part) if isinstance(values, list) else part]
        except (LookupError, TypeError, ValueError):
            break
    return values


def _change(old: object, new: object) -> str:
    if not (isinstance(old, str) and isinstance(new, str) and "\n" in old and "\n" in new):
        return f"{_shown(old)} -> {_shown(new)}"
    # Files are texts in a bundle, which is JSON: their lines too are lines here.
    before, after = (text.replace("\\n", "\n").splitlines() for text in (old, new))
    lines = [line for line in difflib.unified_diff(before, after, n=0) if not line.startswith(("---", "+++", "@@"))]
    return "".join(f"\n      {line[:SHOWN]}" for line in lines[:LINES])


def _shown(value: object) -> str:
    text = str(value).replace(UNKNOWN, "(known after the change)")
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}..."
