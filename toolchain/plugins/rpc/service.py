"""The ResourceProvider service of the protocol, on a Plugin.

Methods that are not in the table are UNIMPLEMENTED, which the engine takes for a plugin of the time before them
(Handshake, GetMapping, ...) or shows as the error it is (Construct, Call).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from threading import Event
from typing import TYPE_CHECKING, Any

from google.protobuf.empty_pb2 import Empty
from pulumi.runtime.proto import plugin_pb2, provider_pb2

from toolchain.plugins.rpc.provider import CheckResult, Context, DiffResult, Plugin, RequestFailed, Resource
from toolchain.plugins.rpc.values import from_struct, to_struct

if TYPE_CHECKING:
    from toolchain.plugins.rpc.engine import EngineLog
    from toolchain.plugins.rpc.transport import Method


class Service:
    """Answers the engine's calls by asking the plugin's resources."""

    def __init__(self, plugin: Plugin, log: EngineLog) -> None:
        """Serve `plugin`, whose log lines go to `log`."""
        self._plugin = plugin
        self._log = log
        self._resources = {resource.token: resource for resource in plugin.resources}
        self.cancelled = Event()

    def methods(self) -> Iterator[Method]:
        """Yield what this service answers."""
        yield "GetPluginInfo", Empty, self._info
        yield "GetSchema", provider_pb2.GetSchemaRequest, self._schema
        yield "CheckConfig", provider_pb2.CheckRequest, self._check_config
        yield "DiffConfig", provider_pb2.DiffRequest, self._diff_config
        yield "Configure", provider_pb2.ConfigureRequest, self._configure
        yield "Check", provider_pb2.CheckRequest, self._check
        yield "Diff", provider_pb2.DiffRequest, self._diff
        yield "Create", provider_pb2.CreateRequest, self._create
        yield "Read", provider_pb2.ReadRequest, self._read
        yield "Update", provider_pb2.UpdateRequest, self._update
        yield "Delete", provider_pb2.DeleteRequest, self._delete
        yield "Invoke", provider_pb2.InvokeRequest, self._invoke
        yield "Cancel", Empty, self._cancel

    def _info(self, _: Empty) -> plugin_pb2.PluginInfo:
        return plugin_pb2.PluginInfo(version=self._plugin.version)

    def _schema(self, _: provider_pb2.GetSchemaRequest) -> provider_pb2.GetSchemaResponse:
        schema = {
            "name": self._plugin.name,
            "version": self._plugin.version,
            "resources": {token: {} for token in self._resources},
        }
        return provider_pb2.GetSchemaResponse(schema=json.dumps(schema))

    def _check_config(self, request: provider_pb2.CheckRequest) -> provider_pb2.CheckResponse:
        return _checked(self._plugin.check_config(from_struct(request.news)))

    def _diff_config(self, request: provider_pb2.DiffRequest) -> provider_pb2.DiffResponse:
        return _differing(self._plugin.diff_config(from_struct(request.old_inputs), from_struct(request.news)))

    def _configure(self, request: provider_pb2.ConfigureRequest) -> provider_pb2.ConfigureResponse:
        self._plugin.configure(from_struct(request.args))
        return provider_pb2.ConfigureResponse(acceptSecrets=self._plugin.accept_secrets, supportsPreview=True)

    def _check(self, request: provider_pb2.CheckRequest) -> provider_pb2.CheckResponse:
        resource, context = self._target(request)
        return _checked(resource.check(context, from_struct(request.olds), from_struct(request.news)))

    def _diff(self, request: provider_pb2.DiffRequest) -> provider_pb2.DiffResponse:
        resource, context = self._target(request)
        old_inputs, olds, news = map(from_struct, (request.old_inputs, request.olds, request.news))
        return _differing(resource.diff(context, request.id, old_inputs, olds, news, list(request.ignoreChanges)))

    def _create(self, request: provider_pb2.CreateRequest) -> provider_pb2.CreateResponse:
        resource, context = self._target(request)
        id_, outputs = resource.create(context, from_struct(request.properties), request.preview)
        return provider_pb2.CreateResponse(id=id_, properties=to_struct(outputs))

    def _read(self, request: provider_pb2.ReadRequest) -> provider_pb2.ReadResponse:
        resource, context = self._target(request)
        found = resource.read(context, request.id, from_struct(request.inputs), from_struct(request.properties))
        if found is None:
            return provider_pb2.ReadResponse()
        id_, inputs, outputs = found
        return provider_pb2.ReadResponse(id=id_, inputs=to_struct(inputs), properties=to_struct(outputs))

    def _update(self, request: provider_pb2.UpdateRequest) -> provider_pb2.UpdateResponse:
        resource, context = self._target(request)
        old_inputs, olds, news = map(from_struct, (request.old_inputs, request.olds, request.news))
        outputs = resource.update(context, request.id, old_inputs, olds, news, request.preview)
        return provider_pb2.UpdateResponse(properties=to_struct(outputs))

    def _delete(self, request: provider_pb2.DeleteRequest) -> Empty:
        resource, context = self._target(request)
        resource.delete(context, request.id, from_struct(request.properties))
        return Empty()

    def _invoke(self, request: provider_pb2.InvokeRequest) -> provider_pb2.InvokeResponse:
        raise RequestFailed(f"Invoke '{request.tok}' not found: this {self._plugin.name} plugin has no functions")

    def _cancel(self, _: Empty) -> Empty:
        self.cancelled.set()
        return Empty()

    def _target(self, request: Any) -> tuple[Resource, Context]:  # noqa: ANN401 - a request of any of the resource calls
        token = request.type or request.urn.split("::")[2].split("$")[-1]
        if token not in self._resources:
            known = ", ".join(self._resources)
            message = f"Resource '{token}' not found: this {self._plugin.name} plugin knows {known} only"
            raise RequestFailed(message)
        context = Context(
            urn=request.urn,
            name=request.name or request.urn.split("::")[-1],
            type=token,
            timeout=getattr(request, "timeout", 0) or None,
            cancelled=self.cancelled,
            random_seed=getattr(request, "randomSeed", b""),
            logger=self._log,
        )
        return self._resources[token], context


def _checked(result: CheckResult) -> provider_pb2.CheckResponse:
    failures = [provider_pb2.CheckFailure(property=wrong.property, reason=wrong.reason) for wrong in result.failures]
    return provider_pb2.CheckResponse(inputs=to_struct(result.inputs), failures=failures)


def _differing(result: DiffResult) -> provider_pb2.DiffResponse:
    kinds = provider_pb2.PropertyDiff.Kind
    return provider_pb2.DiffResponse(
        changes=provider_pb2.DiffResponse.DIFF_SOME if result.changes else provider_pb2.DiffResponse.DIFF_NONE,
        diffs=sorted({_top_level(path) for path in result.detailed}),
        detailedDiff={
            path: provider_pb2.PropertyDiff(kind=kinds.ValueType(kind.value)) for path, kind in result.detailed.items()
        },
        hasDetailedDiff=True,
        replaces=result.replaces,
        stables=result.stables,
        deleteBeforeReplace=result.delete_before_replace,
    )


def _top_level(path: str) -> str:
    return re.split(r"[.\[]", path, maxsplit=1)[0]
