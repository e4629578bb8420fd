"""Rows of tables: a change of inputs, and what it means."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from toolchain.conformance.engine import Difference, Object, Plugin
    from toolchain.plugins.rpc.values import Values

NONE, UPDATE, REPLACE = "none", "update", "replace"


@dataclass(frozen=True)
class Change:
    """A change and its effect.

    Args:
        title: names the row.
        inputs: that change; None removes one.
        effect: `none`, `update` or `replace`.
        paths: of the detailed diff, with their kinds; empty: not part of the row.
        official: the official plugin's own effect, where ours deviates on purpose.
        deviates: why.
    """

    title: str
    inputs: Values
    effect: str
    paths: dict[str, str] = field(default_factory=dict)
    official: str = ""
    deviates: str = ""

    def hold(self, plugin: Plugin, base: Object, *, deletes_first: bool = True) -> None:
        """See that the plugin answers as the row says."""
        given = {key: value for key, value in base.inputs.items() if key != "__defaults"}
        defaults = base.inputs.get("__defaults", [])
        program = {
            key: value for key, value in (given | self.inputs).items() if key not in defaults or key in self.inputs
        }
        program = {key: value for key, value in program.items() if value is not None}
        answer = plugin.diff(base, checked(plugin, base.token, program, base.inputs))
        expected = self.official if self.official and plugin.official else self.effect
        assert effect_of(answer) == expected, answer
        assert not answer.replaces or answer.deletes_first == deletes_first
        if self.paths and not (self.official and plugin.official):
            assert {path: kind.name for path, kind in answer.kinds.items()} == self.paths


def checked(plugin: Plugin, token: str, news: Values, olds: Values | None = None) -> Values:
    """Inputs with their defaults; they must be right."""
    result = plugin.check(token, news, olds=olds)
    assert not result.failures
    return result.inputs


def effect_of(answer: Difference) -> str:
    """What the engine does on an answer: `none`, `update` or `replace`."""
    return REPLACE if answer.replaces else UPDATE if answer.kinds else NONE


def named(rows: list[Change]) -> pytest.MarkDecorator:
    """Each row a test, under its title."""
    return pytest.mark.parametrize("change", rows, ids=[row.title for row in rows])
