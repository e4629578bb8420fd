"""The end of a program: a site is planned when it was declared whole, or not at all."""

from __future__ import annotations

import ast
import asyncio
import sys
from typing import TYPE_CHECKING, Any

import pulumi
import pytest

from clone import architecture
from hacomponents import AppTier, Thin, Vip, VipPair
from hacomponents.docker import Network
from tests.components import program as mocks
from tests.components.program import Run, run
from tests.components.sites import rails
from tests.stacks import STACKS

if TYPE_CHECKING:
    from collections.abc import Callable

EXIT = (
    "the program ended itself by sys.exit({}), so its site is not whole, and no host was touched; let the program run "
    "to its end, or raise pulumi.RunError with the reason"
)


class BoomError(Exception):
    """What a program raises."""


def boom(*_: object) -> Any:
    """Raise it."""
    raise BoomError


def touched(result: Run) -> list[str]:
    """What would become of a program on hosts: all resources but components."""
    return [name for name, found in result.resources.items() if not found.type.startswith("hacomponents:")]


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Run:
    """What was registered, also by a program that raises."""
    result = Run()
    monkeypatch.setattr(mocks, "Run", lambda: result)
    return result


def beginnings(stack: str) -> list[Callable[[], None]]:
    """A stack's program, cut off by an error after each of its statements."""
    tree = ast.parse(architecture.program(stack).read_text())
    cut = [ast.Module([*tree.body[:end], *ast.parse("raise BoomError").body], []) for end in range(len(tree.body) + 1)]
    codes = [compile(ast.fix_missing_locations(each), stack, "exec") for each in cut]
    return [lambda code=code: exec(code, {"BoomError": BoomError}) for code in codes]  # type: ignore[misc]  # noqa: S102


@pytest.mark.parametrize("stack", STACKS)
def test_an_error_after_any_statement(stack: str, told: Run) -> None:
    """
    Whichever statement of a stack is its last before an error: nothing is registered that touches a host.
    """
    for program in beginnings(stack):
        with pytest.raises(BoomError):
            run(program, stack=stack)
        assert [] == touched(told)


@pytest.mark.parametrize(
    "fails",
    [
        lambda: pulumi.Output.from_input(1).apply(boom),
        lambda: pulumi.Config("hacomponents").require_secret("stats_password").apply(str.upper).apply(boom),
        lambda: pulumi.Output.all(pulumi.Output.from_input(1), "2").apply(lambda _: pulumi.Output.from_input(boom())),
    ],
    ids=["plain", "secret", "nested"],
)
def test_an_error_in_an_apply(fails: Callable[[], object], told: Run) -> None:
    """
    An `apply` that needs no resource runs after the program and before anything is planned.
    """

    def program() -> None:
        rails()
        fails()

    with pytest.raises(BoomError):
        run(program)
    assert [] == touched(told)


@pytest.mark.parametrize("code", [0, 3, None, "bye"])
def test_an_exit(code: object, told: Run) -> None:
    """
    A program that exits is an error, whatever its code: 0 would pass for a program without a site, and delete it.
    """

    def program() -> None:
        rails()
        sys.exit(code)  # type: ignore[arg-type]

    assert EXIT.format(repr(code)) == run(program).error
    assert [] == touched(told)


def test_an_output_that_cannot_be_exported(told: Run) -> None:
    """
    A program whose outputs cannot be taken is an error like any other.
    """

    class Unreadable:
        def __iter__(self) -> None:
            boom()

    def program() -> None:
        rails()
        pulumi.export("url", Unreadable())

    assert "the program's outputs cannot be exported, so no host was touched" == run(program).error
    assert [] == touched(told)


def test_an_error_that_is_handled() -> None:
    """
    An error that the program handles is none, nor is one that is being handled around the program.
    """

    def program() -> None:
        try:
            boom()
        except BoomError:
            rails()

    assert "rails.web-1-push" in run(program).resources
    try:
        boom()
    except BoomError:
        assert "rails.web-1-push" in run(program).resources


def test_a_program_that_waits() -> None:
    """
    A program may wait for something in the midst of its declarations.
    """

    async def program() -> None:
        net = Network("rails", cidr="10.10.0.0/24")
        await asyncio.sleep(0)
        app = AppTier("app", hosts=net.hosts("app", 1), server=Thin(app="stacks/rails_app"))
        await asyncio.sleep(0)
        VipPair("db", hosts=net.hosts("db", 2), vip=Vip("10.10.0.10"))
        assert app.url

    assert {"rails.app-1-push", "rails.db-1-push"} <= run(program).resources.keys()


def test_problems_of_all_sites(told: Run) -> None:
    """
    Problems of all sites of a program are told together, and none of them is touched.
    """

    def program() -> None:
        for name in ("one", "two"):
            Network(name, cidr=f"{name}/24")

    error = run(program).error.splitlines()

    assert ["one: 1 problem; nothing was changed", "two: 1 problem; nothing was changed"] == error[::2]
    assert ["  network one.cidr", "  network two.cidr"] == [line.partition(":")[0] for line in error[1::2]]
    assert [] == touched(told)
