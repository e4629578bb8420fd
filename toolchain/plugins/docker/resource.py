"""What the resource types have in common: inputs, changes, and a preview that follow from a schema."""

from __future__ import annotations

import abc
from typing import TYPE_CHECKING, ClassVar

from toolchain.plugins.docker.checking import DEFAULTS, check
from toolchain.plugins.docker.comparing import compare
from toolchain.plugins.rpc import UNKNOWN, CheckResult, Context, DiffResult, Resource, Values

if TYPE_CHECKING:
    from toolchain.plugins.docker.daemon import Api, Daemon
    from toolchain.plugins.docker.schema import Schema


class DockerResource(Resource):
    """A resource type that a schema describes."""

    schema: ClassVar[Schema]

    def __init__(self, daemon: Daemon) -> None:
        """Work on `daemon`, which may be connected later."""
        self._daemon = daemon

    @property
    def api(self) -> Api:
        """Docker's API."""
        return self._daemon.api

    def check(self, ctx: Context, olds: Values, news: Values) -> CheckResult:
        """Validate by the schema; fill in its defaults and the name."""
        return check(self.schema, ctx, olds, news)

    def diff(
        self,
        ctx: Context,  # noqa: ARG002
        id_: str,  # noqa: ARG002
        old_inputs: Values,
        olds: Values,
        news: Values,
        ignore_changes: list[str],  # noqa: ARG002 - the engine has put the old values into `news`
    ) -> DiffResult:
        """Compare by the schema."""
        return compare(self.schema, old_inputs, olds, news)

    def create(self, ctx: Context, inputs: Values, preview: bool) -> tuple[str, Values]:  # noqa: FBT001
        """Make the object, or tell what is known of it before."""
        return ("", self.planned(inputs)) if preview else self.make(ctx, inputs)

    def planned(self, inputs: Values) -> Values:
        """The outputs before the object exists: UNKNOWN where Docker will choose."""
        chosen = [key for key, field in self.schema.inputs.items() if field.computed]
        return dict.fromkeys([*chosen, *self.schema.outputs], UNKNOWN) | given(inputs)

    @abc.abstractmethod
    def make(self, ctx: Context, inputs: Values) -> tuple[str, Values]:
        """Make the object; return its id and outputs."""


def given(inputs: Values) -> Values:
    """Checked inputs as outputs."""
    return {key: value for key, value in inputs.items() if key != DEFAULTS}


def label_map(labels: list[dict[str, str]] | None) -> dict[str, str]:
    """Pulumi's list of labels as Docker's map."""
    return {item["label"]: item["value"] for item in labels or []}


def label_list(labels: dict[str, str] | None) -> list[dict[str, str]]:
    """Docker's map of labels as Pulumi's list."""
    return [{"label": key, "value": value} for key, value in sorted((labels or {}).items())]
