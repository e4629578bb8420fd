"""Serving one of Pulumi's gRPC services the way the engine expects it of a plugin's process."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NoReturn, TypeAlias

import grpc
from google.protobuf.any_pb2 import Any as AnyMessage
from google.protobuf.message import Message
from pulumi.runtime.proto import provider_pb2, status_pb2

from toolchain.plugins.rpc.engine import OPTIONS
from toolchain.plugins.rpc.provider import Partial, RequestFailed
from toolchain.plugins.rpc.values import to_struct

Method: TypeAlias = tuple[str, type[Message], Callable[[Any], Message]]
"""A method's name, its request's type, and what answers it."""

_THREADS = 128
"""Calls at once: far above the engine's default of 4 a CPU, so that long ones never hold up others."""


def run_server(service: str, methods: Iterable[Method]) -> bool:
    """Serve `methods` of `service`, print the port, and return when the engine is done (True) or killed (False).

    The port is all that is ever written to stdout. Calls of other methods are answered UNIMPLEMENTED, by name.
    """
    table = {
        name: grpc.unary_unary_rpc_method_handler(
            _guarded(handler),
            request_deserializer=request.FromString,
            response_serializer=lambda response: response.SerializeToString(),
        )
        for name, request, handler in methods
    }
    handlers = [grpc.method_handlers_generic_handler(service, table), _Missing()]
    server = grpc.server(ThreadPoolExecutor(_THREADS), handlers=handlers, options=OPTIONS)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    print(port, flush=True)  # noqa: T201 - the protocol
    return _interrupted()


class _Missing(grpc.GenericRpcHandler):  # type: ignore[type-arg] # not subscriptable at run time
    """Answers the methods that nothing else does."""

    def service(self, handler_call_details: grpc.HandlerCallDetails) -> grpc.RpcMethodHandler[Any, Any]:
        method = handler_call_details.method.rpartition("/")[2]

        def refuse(_: bytes, context: grpc.ServicerContext) -> bytes:
            text = f"method {method} not implemented by this stand-in for Pulumi's own plugin"
            context.abort(grpc.StatusCode.UNIMPLEMENTED, text)

        return grpc.unary_unary_rpc_method_handler(refuse)


def _interrupted() -> bool:
    """Wait for SIGINT (True) or for the end of the process that started this one (False)."""
    engine = os.getppid()
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a background shell may have had it ignored
    try:
        while os.getppid() == engine:
            time.sleep(1)
    except KeyboardInterrupt:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        return True
    return False


def _guarded(handler: Callable[[Any], Message]) -> Callable[[Any, grpc.ServicerContext], Message]:
    """Turn exceptions into statuses of the protocol, whose text the CLI shows unchanged."""

    def call(request: Any, context: grpc.ServicerContext) -> Message:  # noqa: ANN401 - any request
        try:
            return handler(request)
        except RequestFailed as error:
            context.abort(grpc.StatusCode.UNKNOWN, str(error))
        except Partial as error:
            _abort_partial(context, error)
        except Exception as error:  # noqa: BLE001 - a defect of ours must reach the user as an error of the resource
            context.abort(grpc.StatusCode.INTERNAL, f"internal error of the plugin: {type(error).__name__}: {error}")

    return call


def _abort_partial(context: grpc.ServicerContext, error: Partial) -> NoReturn:
    """Send the object along with the error, in the status' details, where the engine looks for it."""
    code, text = grpc.StatusCode.UNKNOWN, str(error)
    detail = AnyMessage()
    detail.Pack(
        provider_pb2.ErrorResourceInitFailed(id=error.id, properties=to_struct(error.outputs), reasons=error.reasons)
    )
    number: int = code.value[0]
    status = status_pb2.Status(code=number, message=text, details=[detail])
    context.set_trailing_metadata((("grpc-status-details-bin", status.SerializeToString()),))
    context.abort(code, text)
