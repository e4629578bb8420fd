#!/usr/bin/env bash
# A Python program of Pulumi ends by waiting for all its outputs anew after each one: twice the resources, four times
# the work.
#
# Version: pulumi 3.272.0 of PyPI, Python 3.11; 3.251.0 does the same.
# Valid input: 100, then 200 resources of ten properties, each of which depends on the one before, and an engine that
#   says yes.
# Expected: twice the resources, twice the work.
# Seen: three waits for each resource, each over all outputs that are still open: some 190,000 futures for 100
#   resources, 750,000 for 200. With one remote call that is still under way at the end of the program, the same SDK
#   takes another path, and there is not one.
#
# Needs python3.11 with venv, and a package index; changes nothing outside of a temporary folder. Takes a minute.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

python3.11 -m venv venv
venv/bin/pip --quiet --disable-pip-version-check install pulumi==3.272.0 \
    debugpy==1.8.22 dill==0.4.1 googleapis-common-protos==1.76.0 grpcio==1.85.3 opentelemetry-api==1.45.2 \
    opentelemetry-exporter-otlp-common==0.66b2 opentelemetry-exporter-otlp-proto-common==1.45.2 \
    opentelemetry-exporter-otlp-proto-grpc==1.45.2 opentelemetry-instrumentation==0.66b2 \
    opentelemetry-instrumentation-grpc==0.66b2 opentelemetry-proto==1.45.2 opentelemetry-sdk==1.45.2 \
    opentelemetry-semantic-conventions==0.66b2 packaging==26.4 protobuf==6.33.6 PyYAML==6.0.4 semver==3.1.2 \
    typing_extensions==4.16.0 wrapt==2.5.2

cat >program.py <<'PY'
"""Print the number of futures that asyncio.wait is given, in thousands. Arguments: resources; `call` for a call under way."""

import asyncio
import sys
from concurrent import futures

import grpc
import pulumi
from google.protobuf.empty_pb2 import Empty
from pulumi.runtime.proto import engine_pb2, engine_pb2_grpc, resource_pb2, resource_pb2_grpc
from pulumi.runtime.settings import Settings, _get_rpc_manager, configure


class Monitor(resource_pb2_grpc.ResourceMonitorServicer):
    def SupportsFeature(self, request, context):
        return resource_pb2.SupportsFeatureResponse(hasSupport=request.id in {"secrets", "resourceReferences", "outputValues"})

    def RegisterResource(self, request, context):
        urn = f"urn:pulumi:stack::project::{request.type}::{request.name}"
        return resource_pb2.RegisterResourceResponse(urn=urn, id=request.name, object=request.object)

    def RegisterResourceOutputs(self, request, context):
        return Empty()

    def SignalAndWaitForShutdown(self, request, context):
        return Empty()


class Engine(engine_pb2_grpc.EngineServicer):
    def Log(self, request, context):
        return Empty()


class Thing(pulumi.CustomResource):
    def __init__(self, name, before):
        properties = {f"property{number}": name for number in range(10)}
        super().__init__("example:index:Thing", name, properties, pulumi.ResourceOptions(depends_on=before))


def program():
    before = []
    for number in range(int(sys.argv[1])):
        before = [Thing(f"thing-{number}", before)]
    if "call" in sys.argv:
        _get_rpc_manager().rpcs.append(asyncio.ensure_future(asyncio.sleep(0)))


given = 0
wait = asyncio.wait


def counted(awaited, **options):
    global given
    awaited = list(awaited)
    given += len(awaited)
    return wait(awaited, **options)


asyncio.wait = counted
server = grpc.server(futures.ThreadPoolExecutor(4))
resource_pb2_grpc.add_ResourceMonitorServicer_to_server(Monitor(), server)
engine_pb2_grpc.add_EngineServicer_to_server(Engine(), server)
address = f"127.0.0.1:{server.add_insecure_port('127.0.0.1:0')}"
server.start()
configure(Settings("project", "stack", monitor=address, engine=address, parallel=16, organization="organization"))
asyncio.new_event_loop().run_until_complete(pulumi.runtime.run_in_stack(program))
print(given // 1000)
PY

one=$(timeout 300 venv/bin/python program.py 100)
two=$(timeout 300 venv/bin/python program.py 200)
call=$(timeout 300 venv/bin/python program.py 200 call)
echo "futures: 100 resources $one thousand, 200 resources $two thousand, with a call under way $call thousand"
if [ "$one" -gt 100 ] && [ "$two" -gt $((one * 3)) ] && [ "$call" -lt 10 ]; then
    echo "as found"
else
    echo "no longer as found" >&2
    exit 1
fi
