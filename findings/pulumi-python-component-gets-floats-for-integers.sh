#!/usr/bin/env bash
# In a component of Pulumi written in Python, a port that the schema calls an integer arrives as 80.0, and a list of
# enums empty.
#
# Version: pulumi 3.272.0 of PyPI, Python 3.11; 3.251.0 does the same.
# Valid input: a component with arguments `port: int`, an object with another, an enum, and a list of that enum; given
#   as the engine gives them, a protobuf Struct.
# Expected: 80 and 443, since the inferred schema says "integer"; the enum's members in the list, as outside of it.
# Seen: 80.0 and 443.0, which a template prints as such; `{}` for each member in the list. No error.
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

cat >component.py <<'PY'
import json
from enum import Enum
from typing import Optional, TypedDict

import pulumi
from google.protobuf.json_format import ParseDict
from google.protobuf.struct_pb2 import Struct
from pulumi.provider.experimental.component import ComponentProvider
from pulumi.runtime import rpc


class Level(Enum):
    LOW = "low"
    HIGH = "high"


class Listen(TypedDict):
    port: int


class SiteArgs(TypedDict):
    port: int
    listen: Listen
    level: Level
    levels: list[Level]


class Site(pulumi.ComponentResource):
    def __init__(self, name: str, args: SiteArgs, opts: Optional[pulumi.ResourceOptions] = None):
        super().__init__("example:index:Site", name, {}, opts)
        print(*args.values(), sep="\n")


class Mocks(pulumi.runtime.Mocks):
    def new_resource(self, args):
        return "id", args.inputs

    def call(self, args):
        return {}


pulumi.runtime.set_mocks(Mocks())
provider = ComponentProvider([Site], "example")
print(json.loads(provider.schema)["resources"]["example:index:Site"]["inputProperties"]["port"]["type"])
given = {"port": 80, "listen": {"port": 443}, "level": "low", "levels": ["low", "high"]}
provider.construct("site", "example:index:Site", rpc.deserialize_properties(ParseDict(given, Struct())))
PY

seen=$(timeout 120 venv/bin/python component.py)
expected="integer
80.0
{'port': 443.0}
Level.LOW
[{}, {}]"
echo "$seen"
if [ "$seen" = "$expected" ]; then
    echo "as found"
else
    echo "no longer as found" >&2
    exit 1
fi
