"""What a resource plugin is made of: a Plugin with one Resource for each type token."""

from __future__ import annotations

import abc
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import Enum
from threading import Event
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from toolchain.plugins.rpc.values import Values


class Kind(Enum):
    """What happened to one property (PropertyDiff.Kind of the protocol); *_REPLACE asks for a new object."""

    ADD = 0
    ADD_REPLACE = 1
    DELETE = 2
    DELETE_REPLACE = 3
    UPDATE = 4
    UPDATE_REPLACE = 5


class Severity(Enum):
    """How loud a log line is (LogSeverity of the protocol)."""

    DEBUG = 0
    INFO = 1
    WARNING = 2
    ERROR = 3


@dataclass(frozen=True)
class CheckFailure:
    """One wrong input. The engine prints the value of the top-level input that `property` names: name no secret one."""

    property: str
    reason: str


@dataclass(frozen=True)
class CheckResult:
    """The inputs with defaults filled in, and what is wrong with them (empty: nothing)."""

    inputs: Values
    failures: list[CheckFailure] = field(default_factory=list)


@dataclass(frozen=True)
class DiffResult:
    """What changed: `detailed` by property path, `replaces` and `stables` by top-level name."""

    changes: bool
    detailed: dict[str, Kind] = field(default_factory=dict)
    replaces: list[str] = field(default_factory=list)
    delete_before_replace: bool = False
    stables: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Context:
    """The circumstances of one call.

    `timeout` is in seconds, None without `custom_timeouts`. `cancelled` is set when the engine cancels: long work
    should then stop. `random_seed` (Check only, else empty) gives the same random name in preview and update.
    """

    urn: str
    name: str
    type: str
    timeout: float | None
    cancelled: Event
    random_seed: bytes
    logger: Callable[[str, Severity, str, bool], None]

    def log(self, severity: Severity, message: str, *, ephemeral: bool = False) -> None:
        """Show `message` beside the resource; an ephemeral one only while the resource is at work."""
        self.logger(self.urn, severity, message, ephemeral)


class RequestFailed(Exception):  # noqa: N818 - reads as a sentence where it is raised
    """The operation failed: a create leaves nothing in the state, an update or delete leaves what was there."""


class Partial(Exception):  # noqa: N818 - as RequestFailed
    """The object exists but is not well: it goes into the state with its `reasons`, and the next update tries again."""

    def __init__(self, id_: str, outputs: Values, reasons: list[str]) -> None:
        """Take the object's id and outputs, and what is wrong with it (the first reason is the error's text)."""
        super().__init__(reasons[0])
        self.id = id_
        self.outputs = outputs
        self.reasons = reasons


class Resource(abc.ABC):
    """One type of resource. Methods raise RequestFailed or Partial; other exceptions are shown as internal errors."""

    token: ClassVar[str]

    @abc.abstractmethod
    def check(self, ctx: Context, olds: Values, news: Values) -> CheckResult:
        """Validate the program's inputs, fill in defaults; `olds`: the last checked inputs, empty for a new object."""

    @abc.abstractmethod
    def diff(
        self, ctx: Context, id_: str, old_inputs: Values, olds: Values, news: Values, ignore_changes: list[str]
    ) -> DiffResult:
        """Compare the last inputs and outputs (`olds`) with the new inputs."""

    @abc.abstractmethod
    def create(self, ctx: Context, inputs: Values, preview: bool) -> tuple[str, Values]:  # noqa: FBT001 - positional
        """Make the object; return its id and outputs. In a preview make nothing, return UNKNOWN where values are."""

    @abc.abstractmethod
    def read(self, ctx: Context, id_: str, inputs: Values, outputs: Values) -> tuple[str, Values, Values] | None:
        """Look at the object; return its id, inputs and outputs, None when it is gone. An import gives empty ones."""

    @abc.abstractmethod
    def update(
        self,
        ctx: Context,
        id_: str,
        old_inputs: Values,
        olds: Values,
        news: Values,
        preview: bool,  # noqa: FBT001 - positional
    ) -> Values:
        """Change the object in place; return its outputs."""

    @abc.abstractmethod
    def delete(self, ctx: Context, id_: str, outputs: Values) -> None:
        """Remove the object; one that is gone already is no error."""


class Plugin:
    """A plugin: its name and version, its resources, and its own configuration.

    With `accept_secrets` the values carry Secret; without, the engine strips secrets and marks the same outputs again.
    """

    name: ClassVar[str]
    version: ClassVar[str]
    accept_secrets: ClassVar[bool] = False
    resources: Sequence[Resource]

    def check_config(self, news: Values) -> CheckResult:
        """Validate the provider's configuration; by default anything goes."""
        return CheckResult(news)

    def diff_config(self, old_inputs: Values, news: Values) -> DiffResult:
        """Compare the provider's configurations; by default a change replaces nothing."""
        return DiffResult(changes=old_inputs != news)

    def configure(self, args: Values) -> None:
        """Take the checked configuration, before the first resource; raise RequestFailed to refuse it."""
