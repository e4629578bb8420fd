"""The run of a Pulumi program, and its end: nothing is planned before it, and nothing unless it ended well.

The SDK registers whatever was constructed before a program raised. Half a site must never be pushed: its firewall
would lack the tiers that were still to come.
"""

import asyncio
import sys
import traceback
from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import partial
from typing import Any
from weakref import WeakKeyDictionary

import pulumi
from pulumi.runtime import get_root_resource
from pulumi.runtime.settings import SETTINGS
from pulumi.runtime.stack import Stack

from hacomponents.errors import TopologyError

# Turns of the event loop without an output that ends, after which all that are left wait for something outside.
QUIET_TURNS = 8
LOOK = 0.1  # seconds between two looks at a program that waits for something
Plan = Callable[[], Awaitable[TopologyError | None]]


class Program:
    """All sites that one run of a program declares: they are planned together, or not at all."""

    def __init__(self) -> None:
        self._plans: list[Plan] = []
        self._owners: dict[str, str] = {}
        self._ended = asyncio.Event()
        self._failure: BaseException | None = None
        self.planned = asyncio.ensure_future(self._plan())

    def add(self, plan: Plan) -> None:
        """Add a site.

        Args:
            plan: called when the program has ended well; answers with what is wrong, where something is.
        """
        self._plans.append(plan)

    def claim(self, name: str, owner: str) -> str:
        """Take a name that is unique in the program.

        Args:
            name: of a host.
            owner: who wants it.

        Returns:
            Who has it: the first to ask.
        """
        return self._owners.setdefault(name, owner)

    def end(self, failure: BaseException | None) -> None:
        """Take note that the program has ended.

        Args:
            failure: what it raised; None where it ended well.
        """
        self._failure = failure
        self._ended.set()

    async def _plan(self) -> None:
        while not self._ended.is_set():
            if not _is_declaring():
                self.end(pulumi.RunError("the program's outputs cannot be exported, so no host was touched"))
            with suppress(TimeoutError):
                await asyncio.wait_for(self._ended.wait(), LOOK)
        if self._failure is None:
            await quiet()
            self._failure = _failed_output()
        if not self._plans:
            return
        if self._failure is not None:
            pulumi.log.info("The program ended in an error: its site is not whole, so no host was touched.")
            raise told_once(self._failure)
        try:
            errors = [error for plan in list(self._plans) if (error := await plan())]
        except Exception as error:
            told_once(error)
            raise
        if errors:
            raise told_once(pulumi.RunError("\n".join(map(str, errors))))


_programs: WeakKeyDictionary[pulumi.Resource, Program] = WeakKeyDictionary()


def current() -> Program:
    """The program that runs."""
    root = get_root_resource()
    if root is None:  # a component's provider: whoever calls it learns of what its constructor raises
        program = Program()
        program.end(None)
        return program
    if root not in _programs:
        _programs[root] = program = Program()
        _watch(root, program)
    return _programs[root]


def _watch(root: pulumi.Resource, program: Program) -> None:
    """Tell the program's end. The stack registers its outputs at that very moment, whether or not something is raised.

    A stack whose program has ended, as of Pulumi's mocks, has nothing to wait for.
    """
    if not _is_declaring():
        program.end(None)
        return
    register: Callable[..., None] = root.register_outputs  # type: ignore[attr-defined]

    def register_outputs(outputs: dict[str, Any]) -> None:
        error = _raised_through(sys._getframe(1))  # noqa: SLF001
        if isinstance(error, SystemExit):
            error = pulumi.RunError(
                f"the program ended itself by sys.exit({error.code!r}), so its site is not whole, and no host was "
                "touched; let the program run to its end, or raise pulumi.RunError with the reason"
            )
            program.end(error)
            # The exit code would pass for success, and what was not declared would be deleted.
            raise error from None
        program.end(error)
        register(outputs)

    vars(root)["register_outputs"] = register_outputs


def _is_declaring() -> bool:
    """Whether the program runs, further out, or waits for something: the stack's constructor calls it."""
    constructor = Stack.__init__.__code__
    return any(frame.f_code is constructor for frame, _ in traceback.walk_stack(sys._getframe()))  # noqa: SLF001


def _raised_through(frame: object) -> BaseException | None:
    """The exception that is on its way through a frame; one that is being handled further out is none of it."""
    error = sys.exc_info()[1]
    trace = error.__traceback__ if error else None
    return error if trace and trace.tb_frame is frame else None


async def quiet() -> None:
    """Let every output that needs nothing from outside come to its end."""
    idle, pending = 0, set(SETTINGS.outputs)
    while idle < QUIET_TURNS:
        await asyncio.sleep(0)
        before, pending = pending, set(SETTINGS.outputs)
        idle = idle + 1 if pending == before else 0


def _failed_output() -> BaseException | None:
    """What an `apply` of the program has raised. The SDK would tell it too, after the site was pushed."""
    done = (future for future in list(SETTINGS.outputs) if future.done() and not future.cancelled())
    return next((error for future in done if (error := future.exception())), None)


def told_once(error: BaseException) -> BaseException:
    """The same error, which Pulumi then shows once, though every resource of a site waits for it."""
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(partial(_handle, error))
    return error


def _handle(told: BaseException, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    if context.get("exception") is not told:
        loop.default_exception_handler(context)


# From the import on: an exit before the first network would pass for a program without a site, and end the one that is.
if get_root_resource() is not None and _is_declaring():
    current()
