"""From a container's inputs to the bodies that Docker's API takes."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

from toolchain.plugins.docker import container_networks
from toolchain.plugins.docker.resource import label_map
from toolchain.plugins.docker.units import MIB, capability, nanoseconds
from toolchain.plugins.rpc import RequestFailed, Values


def creation(inputs: Values, networks: list[Values]) -> dict[str, Any]:
    """The body that creates the container, on the first of its networks."""
    return {
        "Image": inputs["image"],
        "Cmd": inputs.get("command"),
        "Entrypoint": inputs.get("entrypoints"),
        "Hostname": inputs.get("hostname"),
        "Domainname": inputs.get("domainname"),
        "User": inputs.get("user"),
        "WorkingDir": inputs.get("workingDir"),
        "Env": inputs.get("envs"),
        "Labels": label_map(inputs.get("labels")),
        "Tty": inputs.get("tty"),
        "OpenStdin": inputs.get("stdinOpen"),
        "StopSignal": inputs.get("stopSignal"),
        "StopTimeout": inputs.get("stopTimeout"),
        "Healthcheck": _healthcheck(inputs.get("healthcheck")),
        "ExposedPorts": {_port(item): {} for item in inputs.get("ports", [])},
        "Volumes": {item["containerPath"]: {} for item in inputs.get("volumes", []) if not _source(item)},
        "HostConfig": _host(inputs, networks),
        # With the creation: Docker ignores an address that comes later, if the container is on the network already.
        "NetworkingConfig": {
            "EndpointsConfig": {item["name"]: container_networks.endpoint(item) for item in networks[:1]}
        },
    }


def resources(inputs: Values) -> dict[str, Any]:
    """The limits that can change in place; as creation and as update of a container."""
    return {
        "Memory": _mib(inputs, "memory"),
        "MemoryReservation": _mib(inputs, "memoryReservation"),
        "MemorySwap": _swap(inputs),
        "CpuShares": inputs.get("cpuShares"),
        "CpusetCpus": inputs.get("cpuSet"),
        "RestartPolicy": {"Name": inputs["restart"], "MaximumRetryCount": inputs.get("maxRetryCount", 0)},
    }


def _host(inputs: Values, networks: list[Values]) -> dict[str, Any]:
    return resources(inputs) | _reach(inputs, networks) | _files(inputs) | _rights(inputs)


def _reach(inputs: Values, networks: list[Values]) -> dict[str, Any]:
    return {
        "NetworkMode": networks[0]["name"] if networks else inputs["networkMode"],
        "PortBindings": _bindings(inputs.get("ports", [])),
        "PublishAllPorts": inputs.get("publishAllPorts"),
        "ExtraHosts": [f"{item['host']}:{item['ip']}" for item in inputs.get("hosts", [])],
        "Dns": inputs.get("dns"),
        "DnsOptions": inputs.get("dnsOpts"),
        "DnsSearch": inputs.get("dnsSearches"),
    }


def _files(inputs: Values) -> dict[str, Any]:
    volumes = inputs.get("volumes", [])
    return {
        "Binds": [_bind(item) for item in volumes if item.get("hostPath") or item.get("volumeName")],
        "VolumesFrom": [item["fromContainer"] for item in volumes if item.get("fromContainer")],
        "Mounts": [_mount(item) for item in inputs.get("mounts", [])],
        "Tmpfs": inputs.get("tmpfs"),
        "ShmSize": _mib(inputs, "shmSize"),
        "StorageOpt": inputs.get("storageOpts"),
        "LogConfig": {"Type": inputs.get("logDriver", ""), "Config": inputs.get("logOpts", {})},
        "AutoRemove": inputs.get("rm"),
    }


def _rights(inputs: Values) -> dict[str, Any]:
    capabilities, ulimits = inputs.get("capabilities", {}), inputs.get("ulimits", [])
    return {
        "CapAdd": [capability(name) for name in capabilities.get("adds", [])],
        "CapDrop": [capability(name) for name in capabilities.get("drops", [])],
        "Privileged": inputs.get("privileged"),
        "ReadonlyRootfs": inputs.get("readOnly"),
        "SecurityOpt": inputs.get("securityOpts"),
        "Sysctls": inputs.get("sysctls"),
        "Ulimits": [{"Name": item["name"], "Soft": item["soft"], "Hard": item["hard"]} for item in ulimits],
        "Devices": [_device(item) for item in inputs.get("devices", [])],
        "GroupAdd": inputs.get("groupAdds"),
        "CgroupParent": inputs.get("cgroupParent"),
        "CgroupnsMode": inputs.get("cgroupnsMode"),
        "IpcMode": inputs.get("ipcMode"),
        "PidMode": inputs.get("pidMode"),
        "UsernsMode": inputs.get("usernsMode"),
        "NanoCpus": _nano_cpus(inputs.get("cpus")),
        "Init": inputs.get("init"),
        "Runtime": inputs.get("runtime"),
    }


def _mib(inputs: Values, key: str) -> int | None:
    size = inputs.get(key)
    return size * MIB if size else None


def _swap(inputs: Values) -> int | None:
    """Memory and swap together; where only `memory` is given, twice as much, as Docker does at creation."""
    swap = inputs.get("memorySwap")
    if swap == -1:
        return -1
    return _mib(inputs, "memorySwap") or 2 * inputs.get("memory", 0) * MIB or None


def _nano_cpus(cpus: str | None) -> int | None:
    try:
        return int(Decimal(cpus) * 10**9) if cpus else None
    except InvalidOperation as error:
        raise RequestFailed(f"cpus: '{cpus}' is not a number of processors, as 1.5") from error


def _healthcheck(health: Values | None) -> dict[str, Any] | None:
    if health is None:
        return None
    body = {
        "Test": health.get("tests"),
        "Interval": nanoseconds(health.get("interval", "")),
        "Timeout": nanoseconds(health.get("timeout", "")),
        "StartPeriod": nanoseconds(health.get("startPeriod", "")),
        "Retries": health.get("retries", 0),
    }
    # Older daemons do not know it.
    interval = nanoseconds(health.get("startInterval", ""))
    return body | ({"StartInterval": interval} if interval else {})


def _port(item: Values) -> str:
    return f"{item['internal']}/{item['protocol']}"


def _bindings(ports: list[Values]) -> dict[str, list[dict[str, str]]]:
    bindings: dict[str, list[dict[str, str]]] = {}
    for item in ports:
        binding = {"HostIp": item["ip"], "HostPort": str(item.get("external", ""))}
        bindings.setdefault(_port(item), []).append(binding)
    return bindings


def _source(volume: Values) -> str:
    return volume.get("hostPath") or volume.get("volumeName") or volume.get("fromContainer") or ""


def _bind(volume: Values) -> str:
    mode = ",".join(filter(None, ["ro" if volume.get("readOnly") else "rw", volume.get("selinuxRelabel")]))
    return f"{volume.get('hostPath') or volume.get('volumeName')}:{volume['containerPath']}:{mode}"


def _mount(mount: Values) -> dict[str, Any]:
    body = {
        "Type": mount["type"],
        "Source": mount.get("source", ""),
        "Target": mount["target"],
        "ReadOnly": mount.get("readOnly", False),
    }
    if mount.get("bindOptions"):
        body["BindOptions"] = {"Propagation": mount["bindOptions"].get("propagation", "")}
    if mount.get("tmpfsOptions"):
        tmpfs = mount["tmpfsOptions"]
        body["TmpfsOptions"] = {"SizeBytes": tmpfs.get("sizeBytes", 0), "Mode": tmpfs.get("mode", 0)}
    return body


def _device(device: Values) -> dict[str, str]:
    return {
        "PathOnHost": device["hostPath"],
        "PathInContainer": device.get("containerPath") or device["hostPath"],
        "CgroupPermissions": device["permissions"],
    }
