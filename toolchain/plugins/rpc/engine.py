"""The engine's own service, as far as plugins call it: log lines."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

import grpc
from google.protobuf.empty_pb2 import Empty
from pulumi.runtime.proto import engine_pb2

if TYPE_CHECKING:
    from toolchain.plugins.rpc.provider import Severity

MESSAGE_LIMIT = 400 * 1024 * 1024
"""Bytes in one message either way, as in Pulumi's SDKs; gRPC's own default is 4 MiB."""

OPTIONS = [
    ("grpc.max_receive_message_length", MESSAGE_LIMIT),
    ("grpc.max_send_message_length", MESSAGE_LIMIT),
]


class EngineLog:
    """Sends log lines to the engine at `address` (host:port)."""

    def __init__(self, address: str) -> None:
        """Prepare the connection; it is made with the first line."""
        self._log = grpc.insecure_channel(address, options=OPTIONS).unary_unary(
            "/pulumirpc.Engine/Log",
            request_serializer=engine_pb2.LogRequest.SerializeToString,
            response_deserializer=Empty.FromString,
        )

    def __call__(self, urn: str, severity: Severity, message: str, ephemeral: bool) -> None:  # noqa: FBT001 - Context.logger
        """Show `message` beside resource `urn`. An engine that is gone is no reason to fail the work."""
        level = engine_pb2.LogSeverity.ValueType(severity.value)
        request = engine_pb2.LogRequest(severity=level, message=message, urn=urn, streamId=0, ephemeral=ephemeral)
        with contextlib.suppress(grpc.RpcError):
            self._log(request)
