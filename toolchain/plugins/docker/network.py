"""docker:index/network:Network."""

from __future__ import annotations

from typing import Any

from docker.errors import APIError, NotFound
from docker.types import IPAMConfig, IPAMPool

from toolchain.plugins.docker import conflicts
from toolchain.plugins.docker.daemon import said
from toolchain.plugins.docker.resource import DockerResource, given, label_list, label_map
from toolchain.plugins.docker.schema import BOOL, LABELS, STRING, STRINGS, Field, Object, Schema, SetOf
from toolchain.plugins.rpc import Context, RequestFailed, Values

_POOL = Object(
    {
        "subnet": Field(STRING),
        "gateway": Field(STRING),
        "ipRange": Field(STRING),
        "auxAddress": Field(STRINGS),
    }
)


class Network(DockerResource):
    """A network; every change makes a new one."""

    token = "docker:index/network:Network"  # noqa: S105 - a type's name
    schema = Schema(
        inputs={
            "name": Field(STRING),
            "driver": Field(STRING, computed=True),
            "internal": Field(BOOL, computed=True),
            "options": Field(STRINGS, computed=True),
            "ipamConfigs": Field(SetOf(_POOL), computed=True),
            "ipamDriver": Field(STRING, default="default"),
            "ipamOptions": Field(STRINGS),
            "attachable": Field(BOOL),
            "ingress": Field(BOOL),
            "ipv6": Field(BOOL),
            "labels": Field(LABELS),
        },
        outputs=("scope",),
    )

    def make(self, ctx: Context, inputs: Values) -> tuple[str, Values]:  # noqa: ARG002
        """Create the network."""
        try:
            id_ = self.api.create_network(
                inputs["name"],
                driver=inputs.get("driver"),
                options=inputs.get("options"),
                ipam=_ipam(inputs),
                check_duplicate=True,
                internal=inputs.get("internal", False),
                labels=label_map(inputs.get("labels")),
                enable_ipv6=inputs.get("ipv6", False),
                attachable=inputs.get("attachable"),
                ingress=inputs.get("ingress"),
            )["Id"]
        except APIError as error:
            raise RequestFailed(
                f"Unable to create network: {said(error)}{self._in_the_way(inputs, said(error))}"
            ) from error
        return id_, _state(self.api.inspect_network(id_)) | given(inputs)

    def read(self, ctx: Context, id_: str, inputs: Values, outputs: Values) -> tuple[str, Values, Values] | None:  # noqa: ARG002
        """Look whether the network is there: nobody can change it. Without inputs (import): what it is like."""
        try:
            state = _state(self.api.inspect_network(id_))
        except NotFound:
            return None
        inputs = inputs or {key: state[key] for key in self.schema.inputs if state.get(key)}
        return state["id"], inputs, state | given(inputs)

    def update(self, ctx: Context, id_: str, old_inputs: Values, olds: Values, news: Values, preview: bool) -> Values:  # noqa: ARG002, FBT001
        """Record the same network: every real change makes a new one."""
        return olds | given(news)

    def delete(self, ctx: Context, id_: str, outputs: Values) -> None:  # noqa: ARG002
        """Remove the network. RequestFailed, at once: containers are on it that this deployment did not remove."""
        try:
            found = self.api.inspect_network(id_)
            self._refuse_in_use(found)
            self.api.remove_network(id_)
        except NotFound:
            return
        except APIError as error:
            raise RequestFailed(f"Unable to remove network {outputs.get('name', id_)}: {said(error)}") from error

    def _refuse_in_use(self, found: dict[str, Any]) -> None:
        holders = sorted(item["Name"] for item in found["Containers"].values())
        if holders:
            raise RequestFailed(
                f"Unable to remove network {found['Name']}: containers are still on it: {', '.join(holders)}\n"
                f"Remove them (`docker rm -f {' '.join(holders)}`) or take them off it "
                f"(`docker network disconnect {found['Name']} CONTAINER`), then repeat. A container of "
                "this program should use the network's `name` or `id` output, so that it goes first."
            )

    def _in_the_way(self, inputs: Values, text: str) -> str:
        if "already exists" in text:
            return conflicts.network_name(self.api, inputs["name"])
        if "overlaps" in text:
            return conflicts.subnet(self.api, [pool["subnet"] for pool in inputs.get("ipamConfigs", [])])
        return ""


def _ipam(inputs: Values) -> IPAMConfig:
    pools = [
        IPAMPool(
            subnet=pool.get("subnet"),
            iprange=pool.get("ipRange"),
            gateway=pool.get("gateway"),
            aux_addresses=pool.get("auxAddress"),
        )
        for pool in inputs.get("ipamConfigs", [])
    ]
    return IPAMConfig(driver=inputs["ipamDriver"], pool_configs=pools, options=inputs.get("ipamOptions"))


def _state(found: dict[str, Any]) -> Values:
    """Docker's view of a network as outputs."""
    return {
        "id": found["Id"],
        "name": found["Name"],
        "driver": found["Driver"],
        "scope": found["Scope"],
        "internal": found["Internal"],
        "attachable": found["Attachable"],
        "ingress": found["Ingress"],
        "ipv6": found["EnableIPv6"],
        "options": found["Options"] or {},
        "labels": label_list(found["Labels"]),
        "ipamDriver": found["IPAM"]["Driver"],
        "ipamOptions": found["IPAM"]["Options"] or {},
        "ipamConfigs": [_pool(pool) for pool in found["IPAM"]["Config"] or []],
    }


def _pool(pool: dict[str, Any]) -> Values:
    return {
        "subnet": pool.get("Subnet", ""),
        "gateway": pool.get("Gateway", ""),
        "ipRange": pool.get("IPRange", ""),
        "auxAddress": pool.get("AuxiliaryAddresses") or {},
    }
