"""From Docker's view of a container to its outputs and inputs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from toolchain.plugins.docker import container_networks
from toolchain.plugins.docker.comparing import canonical, same
from toolchain.plugins.docker.container_schema import SCHEMA
from toolchain.plugins.docker.resource import given
from toolchain.plugins.docker.units import MIB

if TYPE_CHECKING:
    from toolchain.plugins.rpc import Values

# What an administrator can change: the process, `docker rename`, `docker network`, `docker update`.
_BY_HAND = (
    "mustRun",
    "name",
    "networkMode",
    "networksAdvanced",
    "restart",
    "maxRetryCount",
    "memory",
    "memoryReservation",
    "memorySwap",
    "cpuShares",
    "cpuSet",
)


def outputs_of(inputs: Values, found: dict[str, Any], olds: Values) -> Values:
    """The outputs of a container.

    Args:
        inputs: as checked.
        found: what Docker tells now.
        olds: outputs so far; empty after the creation. A stopped container's chosen ports are in there only.
    """
    return _chosen(found) | given(inputs) | _changeable(inputs, found, olds)


def unfinished(inputs: Values) -> Values:
    """The outputs of a container that exists but did not come up."""
    return dict.fromkeys(SCHEMA.outputs) | given(inputs)


def is_unfinished(outputs: Values) -> bool:
    """Whether the container never came up, so that it must be replaced."""
    return outputs.get("networkDatas") is None


def inputs_of(inputs: Values, outputs: Values) -> Values:
    """The inputs that would give the outputs: the program's words where they still hold."""
    changed = {}
    for key in _BY_HAND:
        field, actual = SCHEMA.inputs[key], outputs[key]
        new = not field.computed and canonical(field.type, actual) is not None
        if (key in inputs or new) and not same(field.type, inputs.get(key), actual):
            changed[key] = actual
    return inputs | changed


def is_running(found: dict[str, Any]) -> bool:
    """Whether the container's process runs."""
    return bool(found["State"]["Running"])


def _chosen(found: dict[str, Any]) -> Values:
    """What Docker or the image chose where the program gives nothing."""
    config, host = found["Config"], found["HostConfig"]
    return {
        "command": config["Cmd"] or [],
        "entrypoints": config["Entrypoint"] or [],
        "hostname": config["Hostname"],
        "stopSignal": config.get("StopSignal", ""),
        "stopTimeout": config.get("StopTimeout", 0),
        "platform": found["Platform"],
        "runtime": host["Runtime"],
        "securityOpts": sorted(host["SecurityOpt"] or []),
        "ipcMode": host["IpcMode"],
        "shmSize": host["ShmSize"] // MIB,
        "logDriver": host["LogConfig"]["Type"],
    }


def _changeable(inputs: Values, found: dict[str, Any], olds: Values) -> Values:
    """What changes while the container lives: by itself, or by an administrator's hand."""
    host, running = found["HostConfig"], is_running(found)
    known = container_networks.published(found) or olds.get("ports") or []
    return container_networks.joined(inputs, found) | {
        "name": found["Name"].lstrip("/"),
        "ports": container_networks.with_allocated(inputs.get("ports", []), known),
        "networkDatas": container_networks.data(found),
        "exitCode": None if running else found["State"]["ExitCode"],
        "mustRun": inputs["mustRun"] and (running or not inputs["start"]),
        "restart": host["RestartPolicy"]["Name"] or "no",
        "maxRetryCount": host["RestartPolicy"]["MaximumRetryCount"],
        "memory": host["Memory"] // MIB,
        "memoryReservation": host["MemoryReservation"] // MIB,
        "memorySwap": -1 if host["MemorySwap"] < 0 else host["MemorySwap"] // MIB,
        "cpuShares": host["CpuShares"],
        "cpuSet": host["CpusetCpus"],
    }
