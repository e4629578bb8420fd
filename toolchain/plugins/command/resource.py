"""`command:local:Command` and `command:remote:Command`: one life, two ways to run a script."""

from __future__ import annotations

import abc
import secrets
from typing import TYPE_CHECKING, ClassVar

from toolchain.plugins.command import local, schema
from toolchain.plugins.rpc import (
    UNKNOWN,
    CheckResult,
    Context,
    DiffResult,
    Kind,
    Resource,
    Values,
    detailed_diff,
    reveal,
)

if TYPE_CHECKING:
    from toolchain.plugins.command.capture import Output

_REPLACING = {
    Kind.ADD: Kind.ADD_REPLACE,
    Kind.DELETE: Kind.DELETE_REPLACE,
    Kind.UPDATE: Kind.UPDATE_REPLACE,
}


class _Command(Resource):
    """Runs `create` when made, `update` (else `create`) on any change but of `triggers`, `delete` in the end."""

    inputs: ClassVar[schema.Object]

    @abc.abstractmethod
    def _run(self, ctx: Context, script: str, inputs: Values, environment: dict[str, str]) -> Output:
        """Run `script` with the (revealed) inputs' circumstances, and `environment` on top of theirs."""

    def check(self, ctx: Context, olds: Values, news: Values) -> CheckResult:  # noqa: ARG002 - nothing depends on them
        """Refuse what is not in the schema; fill in the connection's defaults."""
        failures = schema.failures(self.inputs, news)
        return CheckResult(news if failures else schema.completed(self.inputs, news), failures)

    def diff(
        self,
        ctx: Context,  # noqa: ARG002
        id_: str,  # noqa: ARG002
        old_inputs: Values,
        olds: Values,  # noqa: ARG002 - the official plugin compares inputs only
        news: Values,
        ignore_changes: list[str],  # noqa: ARG002 - the engine has put the old values into `news`
    ) -> DiffResult:
        """Update for everything; replace for `triggers` as a whole.

        A changed element of `triggers` is an update here: the SDK's `replaceOnChanges: ["triggers[*]"]` makes it a
        replace. The engine asks with a wholly unknown `triggers` what to delete along with something upstream.
        """
        detailed = detailed_diff(_compared(old_inputs), _compared(news))
        replaces = ["triggers"] if "triggers" in detailed else []
        detailed |= {name: _REPLACING[detailed[name]] for name in replaces}
        return DiffResult(changes=bool(detailed), detailed=detailed, replaces=replaces)

    def create(self, ctx: Context, inputs: Values, preview: bool) -> tuple[str, Values]:  # noqa: FBT001
        """Run `create`, if there is one. The id is the name and 8 random hex digits, in a preview too."""
        id_ = ctx.name + secrets.token_hex(4)
        if preview:
            return id_, inputs | {"stdout": UNKNOWN, "stderr": UNKNOWN}
        if "create" not in inputs:
            return id_, inputs | {"stdout": "", "stderr": ""}
        plain = reveal(inputs)
        return id_, inputs | self._run(ctx, plain["create"], plain, {})._asdict()

    def read(
        self,
        ctx: Context,  # noqa: ARG002
        id_: str,
        inputs: Values,
        outputs: Values,
    ) -> tuple[str, Values, Values]:
        """Echo: a script that ran leaves nothing to look at."""
        return id_, inputs, outputs

    def update(
        self,
        ctx: Context,
        id_: str,  # noqa: ARG002
        old_inputs: Values,  # noqa: ARG002
        olds: Values,
        news: Values,
        preview: bool,  # noqa: FBT001
    ) -> Values:
        """Run the new `update`, else the new `create`; with neither, keep the outputs."""
        plain = reveal(news)
        script = plain.get("update", plain.get("create"))
        if script is None:
            return news | {name: olds.get(name, "") for name in ("stdout", "stderr")}
        if preview:
            return news | {"stdout": UNKNOWN, "stderr": UNKNOWN}
        return news | self._run(ctx, script, plain, _previous(plain, reveal(olds)))._asdict()

    def delete(self, ctx: Context, id_: str, outputs: Values) -> None:  # noqa: ARG002 - the id says nothing
        """Run the state's `delete`, with the state's stdin, environment and connection."""
        plain = reveal(outputs)
        if "delete" in plain:
            self._run(ctx, plain["delete"], plain, _previous(plain, plain))


class LocalCommand(_Command):
    """Runs scripts on this machine."""

    token = "command:local:Command"  # noqa: S105 - a type token
    inputs = schema.LOCAL

    def _run(self, ctx: Context, script: str, inputs: Values, environment: dict[str, str]) -> Output:
        return local.run(ctx, script, inputs, environment)


class RemoteCommand(_Command):
    """Runs scripts on another machine, over SSH."""

    token = "command:remote:Command"  # noqa: S105 - a type token
    inputs = schema.REMOTE

    def _run(self, ctx: Context, script: str, inputs: Values, environment: dict[str, str]) -> Output:
        from toolchain.plugins.command import remote  # noqa: PLC0415 - 0.2 s that local commands do without

        return remote.run(ctx, script, inputs, environment)


def _compared(inputs: Values) -> Values:
    return {name: value for name, value in inputs.items() if name != "version" and not name.startswith("__")}


def _previous(inputs: Values, outputs: Values) -> dict[str, str]:
    """Return the environment that tells a script what the last one said: non-empty outputs only."""
    if inputs.get("addPreviousOutputInEnv") is False:
        return {}
    return {f"PULUMI_COMMAND_{name.upper()}": outputs[name] for name in ("stdout", "stderr") if outputs.get(name)}
