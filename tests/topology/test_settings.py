"""Rules and prose that stand at their fields."""

from __future__ import annotations

import ast
import inspect
from dataclasses import dataclass, fields
from typing import Annotated

import pytest

from hacomponents.topology.load_balancer import DefaultServer, HttpCheck, Timeouts
from hacomponents.topology.settings import Settings, between, one_of, rules_of


@dataclass(frozen=True)
class Sample(Settings):
    """Two fields with rules, one of them optional, and one without."""

    share: Annotated[int | None, between(1, 256)] = None
    mode: Annotated[str, one_of("insert", "prefix")] = "insert"
    note: str = ""


@pytest.mark.parametrize(
    ("sample", "told"),
    [
        (Sample(), []),
        (Sample(share=0), ["lb.share: must be a whole number between 1 and 256 (got 0); give one in that range"]),
        (Sample(mode="rewrite"), ["lb.mode: must be one of insert, prefix (got 'rewrite'); choose one of them"]),
        (Sample(mode=None), ["lb.mode: must be one of insert, prefix (got None); choose one of them"]),  # type: ignore[arg-type]
    ],
)
def test_rules_at_fields(sample: Sample, told: list[str]) -> None:
    """
    A field is held against the rule that stands at it; None is good where the field may be None, and only there.
    """
    assert told == [str(problem) for problem in sample.check("lb")]


@pytest.mark.parametrize("kind", [DefaultServer, HttpCheck, Timeouts])
def test_every_field_has_rule_and_prose(kind: type) -> None:
    """
    No field is without a rule, and none without a text below it that says what it is.
    """
    (found,) = ast.parse(inspect.getsource(kind)).body
    assert isinstance(found, ast.ClassDef)
    lines = [type(each) for each in found.body if isinstance(each, ast.AnnAssign | ast.Expr)]

    assert [field.name for field in fields(kind)] == list(rules_of(kind))
    assert [ast.Expr, *[ast.AnnAssign, ast.Expr] * len(fields(kind))] == lines
