"""Runs programs on Pulumi's mocks, and keeps what they registered, options and all."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pulumi
from pulumi.runtime import rpc, settings
from pulumi.runtime.mocks import MockMonitor
from pulumi.runtime.stack import run_pulumi_func

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

CONFIG = {
    "hacomponents:digest_key": "0" * 64,
    "hacomponents:stats_password": "correct-horse",
    "hacomponents:secret_key_base": "a" * 64,
    "hacomponents:auth_pass": "Security",
}


@dataclass
class Registration:
    """One resource as the engine was asked for it."""

    type: str
    name: str
    inputs: Mapping[str, Any]
    parent: str
    dependencies: tuple[str, ...]
    delete_before_replace: bool


@dataclass
class Run:
    """What came of a program."""

    error: str = ""
    resources: dict[str, Registration] = field(default_factory=dict)

    def of_type(self, kind: str) -> dict[str, Registration]:
        """Registrations of one type, by name."""
        return {name: found for name, found in self.resources.items() if found.type == kind}


class _Mocks(pulumi.runtime.Mocks):
    def new_resource(self, args: pulumi.runtime.MockResourceArgs) -> tuple[str, dict[Any, Any]]:
        return f"{args.name}-id", {**args.inputs, "repoDigest": "sha256:0", "stdout": "", "stderr": ""}

    def call(self, args: pulumi.runtime.MockCallArgs) -> tuple[dict[Any, Any], list[tuple[str, str]] | None]:
        raise NotImplementedError(args.token)


class _Monitor(MockMonitor):
    """Keeps each registration with its options, which mocks do not get to see."""

    def __init__(self, run: Run) -> None:
        super().__init__(_Mocks())
        self.run = run

    def RegisterResource(self, request: Any) -> Any:  # noqa: N802  # the protocol's own name and message
        if request.type != "pulumi:pulumi:Stack":
            self.run.resources[request.name] = Registration(
                type=request.type,
                name=request.name,
                inputs=rpc.deserialize_properties(request.object),
                parent=request.parent.rsplit("::", 1)[-1],
                dependencies=tuple(sorted(urn.rsplit("::", 1)[-1] for urn in request.dependencies)),
                delete_before_replace=request.deleteBeforeReplace,
            )
        return super().RegisterResource(request)  # type: ignore[no-untyped-call]


def _ignored(_: object) -> None:
    """What a program returns is of no use."""


def run(program: Callable[[], object], config: Mapping[str, str] = CONFIG, *, stack: str = "rails_ha") -> Run:
    """Run a program as `pulumi up` would, on mocks.

    Args:
        program: declares resources.
        config: of the stack. Default: the secrets that the stacks need.
        stack: its name.
    """
    result = Run()
    asyncio.set_event_loop(asyncio.new_event_loop())
    settings.reset_options()
    pulumi.runtime.set_mocks(_Mocks(), project="hacomponents", stack=stack, preview=False, monitor=_Monitor(result))
    pulumi.runtime.set_all_config(dict(config))
    try:
        asyncio.get_event_loop().run_until_complete(run_pulumi_func(lambda: _ignored(program())))
    except pulumi.RunError as error:
        result.error = str(error)
    finally:
        asyncio.get_event_loop().close()
    return result
