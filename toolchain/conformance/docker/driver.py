"""Drives a resource plugin as Pulumi's engine does: a process that answers the provider protocol."""

from __future__ import annotations

import hashlib
import subprocess
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import grpc
from google.protobuf.empty_pb2 import Empty
from pulumi.runtime.proto import engine_pb2_grpc, provider_pb2, provider_pb2_grpc, status_pb2
from typing_extensions import Self

from toolchain.plugins.rpc.values import Values, from_struct, to_struct

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path
    from types import TracebackType

_KINDS = ("ADD", "ADD_REPLACE", "DELETE", "DELETE_REPLACE", "UPDATE", "UPDATE_REPLACE")
# Where a gRPC error carries its details.
_DETAILS = "grpc-status-details-bin"


class Refused(Exception):  # noqa: N818 - reads as a sentence
    """The plugin refused a call; with the object that it left, if any."""

    def __init__(self, text: str, left: Object | None = None) -> None:
        super().__init__(text)
        self.text = text
        self.left = left


@dataclass(frozen=True)
class Object:
    """A resource as the state records it."""

    token: str
    id: str
    inputs: Values
    outputs: Values


@dataclass(frozen=True)
class Difference:
    """An answer to Diff: paths to kinds, and what the engine shall do."""

    paths: dict[str, str]
    replaces: frozenset[str]
    deletes_first: bool

    @property
    def effect(self) -> str:
        """`none`, `update` or `replace`."""
        return "replace" if self.replaces else "update" if self.paths else "none"


@dataclass
class Engine(engine_pb2_grpc.EngineServicer):
    """The engine's side of the protocol: it takes log lines."""

    lines: list[str] = field(default_factory=list)

    def Log(self, request: Any, context: object) -> Empty:  # noqa: ANN401, ARG002, N802 - the protocol's
        """Keep a line."""
        self.lines.append(request.message)
        return Empty()


class Driver:
    """A running plugin.

    Args:
        command: that starts it.
        folder: where the program would be.
        host: of the Docker daemon; None: the plugin's default.
    """

    def __init__(self, command: Sequence[str], folder: Path, host: str | None = None) -> None:
        self.engine = Engine()
        self._server = grpc.server(ThreadPoolExecutor(2))
        engine_pb2_grpc.add_EngineServicer_to_server(self.engine, self._server)  # type: ignore[no-untyped-call]
        port = self._server.add_insecure_port("127.0.0.1:0")
        self._server.start()
        self._process = subprocess.Popen([*command, f"127.0.0.1:{port}"], stdout=subprocess.PIPE, cwd=folder, text=True)
        assert self._process.stdout
        self._channel = grpc.insecure_channel(f"127.0.0.1:{self._process.stdout.readline().strip()}")
        self._stub = provider_pb2_grpc.ResourceProviderStub(self._channel)  # type: ignore[no-untyped-call]
        self._host = host

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stub.Cancel(Empty())
        self._channel.close()
        self._process.terminate()
        self._process.wait(timeout=20)
        self._server.stop(None)

    @property
    def official(self) -> bool:
        """Whether it is Pulumi's own: its schema describes the inputs, ours lists the types."""
        return "inputProperties" in self._call("GetSchema", provider_pb2.GetSchemaRequest()).schema

    def configure(self) -> None:
        """Connect to the daemon. Refused: it does not answer."""
        args = {"host": self._host} if self._host else {}
        request = provider_pb2.ConfigureRequest(args=to_struct(args), acceptSecrets=True, acceptResources=True)
        request.variables.update({f"docker:config:{key}": value for key, value in args.items()})
        self._call("Configure", request)

    def check(self, token: str, news: Values, olds: Values | None = None, name: str = "it") -> Values:
        """The inputs with their defaults. Refused: with the texts of all failures."""
        request = provider_pb2.CheckRequest(
            urn=_urn(token, name),
            name=name,
            type=token,
            olds=to_struct(olds or {}),
            news=to_struct(news),
            randomSeed=hashlib.sha256(name.encode()).digest(),
        )
        answer = self._call("Check", request)
        if answer.failures:
            raise Refused("\n".join(failure.reason for failure in answer.failures))
        return from_struct(answer.inputs)

    def diff(self, old: Object, news: Values) -> Difference:
        """What a change to the checked inputs `news` means."""
        request = provider_pb2.DiffRequest(
            urn=_urn(old.token),
            name="it",
            type=old.token,
            id=old.id,
            olds=to_struct(old.outputs),
            old_inputs=to_struct(old.inputs),
            news=to_struct(news),
        )
        answer = self._call("Diff", request)
        paths = {path: _KINDS[change.kind] for path, change in answer.detailedDiff.items()}
        if answer.changes == provider_pb2.DiffResponse.DIFF_SOME and not paths:
            paths = dict.fromkeys(answer.diffs or ["?"], "UPDATE")
        return Difference(paths, frozenset(answer.replaces), answer.deleteBeforeReplace)

    def create(self, token: str, news: Values, name: str = "it") -> Object:
        """Check and create. Refused: with what is left, if anything."""
        inputs = self.check(token, news, name=name)
        request = provider_pb2.CreateRequest(urn=_urn(token, name), name=name, type=token, properties=to_struct(inputs))
        answer = self._call("Create", request, Object(token, "", inputs, {}))
        return Object(token, answer.id, inputs, from_struct(answer.properties))

    def preview(self, token: str, news: Values) -> Values:
        """What a preview of the creation shows."""
        inputs = self.check(token, news)
        request = provider_pb2.CreateRequest(
            urn=_urn(token), name="it", type=token, properties=to_struct(inputs), preview=True
        )
        return from_struct(self._call("Create", request).properties)

    def read(self, old: Object) -> Object | None:
        """The object as a refresh sees it; None: gone."""
        request = provider_pb2.ReadRequest(
            urn=_urn(old.token),
            name="it",
            type=old.token,
            id=old.id,
            properties=to_struct(old.outputs),
            inputs=to_struct(old.inputs),
        )
        answer = self._call("Read", request)
        if not answer.id:
            return None
        return Object(old.token, answer.id, from_struct(answer.inputs), from_struct(answer.properties))

    def update(self, old: Object, news: Values) -> Object:
        """Check and change in place."""
        inputs = self.check(old.token, news, old.inputs)
        request = provider_pb2.UpdateRequest(
            urn=_urn(old.token),
            name="it",
            type=old.token,
            id=old.id,
            olds=to_struct(old.outputs),
            old_inputs=to_struct(old.inputs),
            news=to_struct(inputs),
        )
        answer = self._call("Update", request, old)
        return Object(old.token, old.id, inputs, from_struct(answer.properties))

    def delete(self, old: Object) -> None:
        """Remove the object."""
        request = provider_pb2.DeleteRequest(
            urn=_urn(old.token),
            name="it",
            type=old.token,
            id=old.id,
            properties=to_struct(old.outputs),
            old_inputs=to_struct(old.inputs),
        )
        self._call("Delete", request)

    def _call(self, method: str, request: object, subject: Object | None = None) -> Any:  # noqa: ANN401 - protobuf's
        try:
            return getattr(self._stub, method)(request, timeout=90)
        except grpc.RpcError as error:
            raise Refused(error.details(), subject and _left(error, subject)) from error  # type: ignore[attr-defined]


def _urn(token: str, name: str = "it") -> str:
    return f"urn:pulumi:conformance::conformance::{token}::{name}"


def _left(error: Any, subject: Object) -> Object | None:  # noqa: ANN401 - grpc's own mixture of types
    """The object of an ErrorResourceInitFailed in the error's details."""
    body = provider_pb2.ErrorResourceInitFailed()
    for key, value in error.trailing_metadata():
        if key == _DETAILS and any(detail.Unpack(body) for detail in status_pb2.Status.FromString(value).details):
            return Object(subject.token, body.id, subject.inputs, from_struct(body.properties))
    return None
