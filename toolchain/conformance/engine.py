"""The engine's side of the provider protocol: starts a plugin, calls it, and takes its log lines."""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple, Self, TypeVar

import grpc
from google.protobuf.empty_pb2 import Empty
from pulumi.runtime.proto import engine_pb2, plugin_pb2, provider_pb2, status_pb2

from toolchain.plugins.rpc import CheckFailure, Kind, Severity, Values
from toolchain.plugins.rpc.engine import OPTIONS
from toolchain.plugins.rpc.values import from_struct, to_struct

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path
    from types import TracebackType

    from google.protobuf.message import Message

_Answer = TypeVar("_Answer", bound="Message")
_PATIENCE = 60.0
"""Seconds that a call may take, unless the test says more."""


_LONG_ERRORS = [("grpc.max_metadata_size", 2**26), ("grpc.absolute_max_metadata_size", 2**26)]
"""Bytes of an error's text; Go, which the CLI is written in, has no such limit."""


_DETAILS = "grpc-status-details-bin"
"""Where gRPC carries the details of an error."""


class Refused(Exception):  # noqa: N818 - reads as a sentence
    """The plugin answered with an error, and perhaps left an object that goes into the state."""

    def __init__(self, code: str, text: str, left: Object | None) -> None:
        """Take gRPC's name of the error, its text, which the CLI shows, and what is left."""
        super().__init__(text)
        self.code = code
        self.text = text
        self.left = left


class LogLine(NamedTuple):
    """One call of Engine.Log."""

    severity: Severity
    message: str
    urn: str
    ephemeral: bool


class Checked(NamedTuple):
    """An answer to Check."""

    inputs: Values
    failures: list[CheckFailure]


class Difference(NamedTuple):
    """An answer to Diff: kinds of change by path, properties that replace, whether the old object then goes first."""

    kinds: dict[str, Kind]
    replaces: list[str]
    deletes_first: bool


@dataclass(frozen=True)
class Object:
    """A resource as the state records it."""

    token: str
    id: str
    inputs: Values
    outputs: Values


@dataclass
class Engine:
    """The engine's own service: keeps the log lines that a plugin sends."""

    lines: list[LogLine] = field(default_factory=list)

    def handler(self) -> grpc.GenericRpcHandler[Any, Any]:
        """Return gRPC's view of it."""
        log = grpc.unary_unary_rpc_method_handler(
            self._log, engine_pb2.LogRequest.FromString, lambda empty: empty.SerializeToString()
        )
        return grpc.method_handlers_generic_handler("pulumirpc.Engine", {"Log": log})

    def _log(self, request: engine_pb2.LogRequest, _: grpc.ServicerContext) -> Empty:
        line = LogLine(Severity(request.severity), request.message, request.urn, request.ephemeral)
        self.lines.append(line)
        return Empty()


class Plugin:
    """A running plugin process, in a process group of its own, as the engine has it.

    `command` starts it, in `folder`, with `environment` on top of this process's.
    """

    def __init__(self, command: Sequence[str], folder: Path, environment: dict[str, str]) -> None:
        """Start it and read its port."""
        self._engine = Engine()
        self._server = grpc.server(ThreadPoolExecutor(8), handlers=[self._engine.handler()], options=OPTIONS)
        port = self._server.add_insecure_port("127.0.0.1:0")
        self._server.start()
        self.process = subprocess.Popen(
            [*command, f"127.0.0.1:{port}"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=folder,
            env=os.environ | environment,
            process_group=0,
        )
        self._channel = grpc.insecure_channel(f"127.0.0.1:{self._first_line()}", options=[*OPTIONS, *_LONG_ERRORS])

    def __enter__(self) -> Self:
        """Configure it."""
        self._call("Configure", provider_pb2.ConfigureRequest(acceptSecrets=True), provider_pb2.ConfigureResponse)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End it as the engine does, unless it was stopped."""
        if self.process.poll() is None:
            self.cancel()
            self.stop()

    @property
    def lines(self) -> list[LogLine]:
        """All log lines so far."""
        return self._engine.lines

    def said(self, name: str) -> list[str]:
        """Return the messages logged beside resource `name`."""
        return [line.message for line in self.lines if line.urn.endswith(f"::{name}")]

    def stop(self) -> bytes:
        """Send SIGINT to the process group; return what the process wrote to stdout after its port."""
        os.killpg(self.process.pid, signal.SIGINT)
        rest, _ = self.process.communicate(timeout=10)
        self._channel.close()
        self._server.stop(grace=None)
        return rest

    @property
    def official(self) -> bool:
        """Whether it is Pulumi's own: its schema describes the inputs, ours lists the types."""
        request, answer = provider_pb2.GetSchemaRequest(), provider_pb2.GetSchemaResponse
        return "inputProperties" in self._call("GetSchema", request, answer).schema

    def version(self) -> str:
        """Ask for the plugin's version."""
        return self._call("GetPluginInfo", Empty(), plugin_pb2.PluginInfo).version

    def cancel(self) -> None:
        """Ask it to give up what is under way."""
        self._call("Cancel", Empty(), Empty)

    def check(self, token: str, news: Values, name: str = "it", olds: Values | None = None) -> Checked:
        """Check the program's inputs of a resource; `olds` are its last checked ones, None for a new resource."""
        request = provider_pb2.CheckRequest(
            urn=_urn(token, name),
            name=name,
            type=token,
            olds=to_struct(olds or {}),
            news=to_struct(news),
            randomSeed=hashlib.sha256(name.encode()).digest(),
        )
        answer = self._call("Check", request, provider_pb2.CheckResponse)
        failures = [CheckFailure(failure.property, failure.reason) for failure in answer.failures]
        return Checked(from_struct(answer.inputs), failures)

    def diff(self, old: Object, news: Values) -> Difference:
        """Compare a resource with new checked inputs."""
        request = provider_pb2.DiffRequest(
            urn=_urn(old.token, "it"),
            name="it",
            type=old.token,
            id=old.id,
            olds=to_struct(old.outputs),
            old_inputs=to_struct(old.inputs),
            news=to_struct(news),
        )
        answer = self._call("Diff", request, provider_pb2.DiffResponse)
        kinds = {path: Kind(change.kind) for path, change in answer.detailedDiff.items()}
        assert (answer.changes == provider_pb2.DiffResponse.DIFF_SOME) == bool(kinds)
        return Difference(kinds, list(answer.replaces), answer.deleteBeforeReplace)

    def create(
        self, token: str, news: Values, name: str = "it", *, preview: bool = False, timeout: float = 0
    ) -> Object:
        """Check and create a resource; `timeout` is that of custom_timeouts, in seconds."""
        inputs = self.check(token, news, name).inputs
        request = provider_pb2.CreateRequest(
            urn=_urn(token, name), name=name, type=token, properties=to_struct(inputs), preview=preview, timeout=timeout
        )
        subject = Object(token, "", inputs, {})
        answer = self._call("Create", request, provider_pb2.CreateResponse, subject)
        return Object(token, answer.id, inputs, from_struct(answer.properties))

    def update(self, old: Object, news: Values, *, preview: bool = False) -> Object:
        """Check the new inputs and update a resource."""
        inputs = self.check(old.token, news, olds=old.inputs).inputs
        request = provider_pb2.UpdateRequest(
            urn=_urn(old.token, "it"),
            name="it",
            type=old.token,
            id=old.id,
            olds=to_struct(old.outputs),
            old_inputs=to_struct(old.inputs),
            news=to_struct(inputs),
            preview=preview,
        )
        answer = self._call("Update", request, provider_pb2.UpdateResponse, old)
        return Object(old.token, old.id, inputs, from_struct(answer.properties))

    def read(self, old: Object) -> Object:
        """Refresh a resource; one that is gone has no id."""
        request = provider_pb2.ReadRequest(
            urn=_urn(old.token, "it"),
            name="it",
            type=old.token,
            id=old.id,
            properties=to_struct(old.outputs),
            inputs=to_struct(old.inputs),
        )
        answer = self._call("Read", request, provider_pb2.ReadResponse)
        return Object(old.token, answer.id, from_struct(answer.inputs), from_struct(answer.properties))

    def delete(self, old: Object) -> None:
        """Delete a resource."""
        request = provider_pb2.DeleteRequest(
            urn=_urn(old.token, "it"),
            name="it",
            type=old.token,
            id=old.id,
            properties=to_struct(old.outputs),
            old_inputs=to_struct(old.inputs),
        )
        self._call("Delete", request, Empty)

    def _call(self, method: str, request: Message, answer: type[_Answer], subject: Object | None = None) -> _Answer:
        call = self._channel.unary_unary(
            f"/pulumirpc.ResourceProvider/{method}",
            request_serializer=lambda message: message.SerializeToString(),
            response_deserializer=answer.FromString,
        )
        try:
            received: _Answer = call(request, timeout=_PATIENCE)
        except grpc.RpcError as error:
            raise Refused(error.code().name, error.details() or "", subject and _left(error, subject)) from error
        return received

    def _first_line(self) -> int:
        assert self.process.stdout
        return int(self.process.stdout.readline())


def _left(error: Any, subject: Object) -> Object | None:  # noqa: ANN401 - gRPC's own mixture of types
    """Return the object that the details of an error speak of (ErrorResourceInitFailed)."""
    body = provider_pb2.ErrorResourceInitFailed()
    for key, value in error.trailing_metadata():
        if key == _DETAILS and any(detail.Unpack(body) for detail in status_pb2.Status.FromString(value).details):
            return Object(subject.token, body.id, subject.inputs, from_struct(body.properties))
    return None


def _urn(token: str, name: str) -> str:
    return f"urn:pulumi:dev::conformance::{token}::{name}"
