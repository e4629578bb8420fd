"""Rows of tables: a change of inputs, and what it means."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from toolchain.conformance.docker.driver import Driver, Object
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

    def hold(self, plugin: Driver, base: Object, *, deletes_first: bool = True) -> None:
        """See that the plugin answers as the row says."""
        given = {key: value for key, value in base.inputs.items() if key != "__defaults"}
        defaults = base.inputs.get("__defaults", [])
        program = {
            key: value for key, value in (given | self.inputs).items() if key not in defaults or key in self.inputs
        }
        news = plugin.check(
            base.token, {key: value for key, value in program.items() if value is not None}, base.inputs
        )
        answer = plugin.diff(base, news)
        expected = self.official if self.official and plugin.official else self.effect
        assert answer.effect == expected, answer
        assert not answer.replaces or answer.deletes_first == deletes_first
        if self.paths and not (self.official and plugin.official):
            assert answer.paths == self.paths


def named(rows: list[Change]) -> pytest.MarkDecorator:
    """Each row a test, under its title."""
    return pytest.mark.parametrize("change", rows, ids=[row.title for row in rows])
