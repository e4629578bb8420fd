"""Runs programs on Pulumi's mocks, and keeps what they registered, options and all."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pulumi
from pulumi.runtime import rpc, settings
from pulumi.runtime.mocks import MockMonitor
from pulumi.runtime.stack import run_in_stack

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

    urn: str
    type: str
    name: str
    inputs: Mapping[str, Any]
    parent: str
    dependencies: tuple[str, ...]
    delete_before_replace: bool
    protect: bool
    retain_on_delete: bool
    aliases: tuple[tuple[str, str], ...]


@dataclass
class Run:
    """What came of a program."""

    error: str = ""
    resources: dict[str, Registration] = field(default_factory=dict)

    def of_host(self, name: str) -> Registration:
        """A resource of a host by its name without the network's in front, such as `web-1-push`."""
        (found,) = (each for each in self.resources.values() if each.name.partition(".")[2] == name)
        return found

    def of_type(self, kind: str) -> dict[str, Registration]:
        """Registrations of one type, by name."""
        return {name: found for name, found in self.resources.items() if found.type == kind}


class Mocks(pulumi.runtime.Mocks):
    """Resources whose results are their inputs."""

    def new_resource(self, args: pulumi.runtime.MockResourceArgs) -> tuple[str, dict[Any, Any]]:
        """A new resource."""
        return f"{args.name}-id", {**args.inputs, "repoDigest": "sha256:0", "stdout": "", "stderr": ""}

    def call(self, args: pulumi.runtime.MockCallArgs) -> tuple[dict[Any, Any], list[tuple[str, str]] | None]:
        """No program asks for one."""
        raise NotImplementedError(args.token)


class _Monitor(MockMonitor):
    """Keeps each registration with its options, which mocks do not get to see."""

    def __init__(self, run: Run) -> None:
        super().__init__(Mocks())
        self.run = run

    def RegisterResource(self, request: Any) -> Any:  # noqa: N802  # the protocol's own name and message
        urn = self.make_urn(request.parent, request.type, request.name)
        if request.type != "pulumi:pulumi:Stack":
            self.run.resources[request.name] = Registration(
                urn=urn,
                type=request.type,
                name=request.name,
                inputs=rpc.deserialize_properties(request.object),
                parent=request.parent.rsplit("::", 1)[-1],
                dependencies=tuple(sorted(urn.rsplit("::", 1)[-1] for urn in request.dependencies)),
                delete_before_replace=request.deleteBeforeReplace,
                protect=request.protect,
                retain_on_delete=request.retainOnDelete,
                aliases=tuple((each.spec.parentUrn, each.spec.name) for each in request.aliases),
            )
        return super().RegisterResource(request)  # type: ignore[no-untyped-call]


def run(
    program: Callable[[], Any], config: Mapping[str, str] = CONFIG, *, stack: str = "rails_ha", preview: bool = False
) -> Run:
    """Run a program as `pulumi up` would, on mocks.

    Args:
        program: declares resources.
        config: of the stack. Default: the secrets that the stacks need.
        stack: its name.
        preview: whether it is one. Default: it is an update.
    """
    result = Run()
    asyncio.set_event_loop(asyncio.new_event_loop())
    settings.reset_options()
    pulumi.runtime.set_mocks(Mocks(), project="hacomponents", stack=stack, preview=preview, monitor=_Monitor(result))
    pulumi.runtime.set_all_config(dict(config))
    # The mocks' own root is done before the program begins, unlike the engine's.
    settings.ROOT.set(None)
    try:
        asyncio.get_event_loop().run_until_complete(run_in_stack(program))
    except pulumi.RunError as error:
        result.error = str(error)
    finally:
        asyncio.get_event_loop().close()
    return result
