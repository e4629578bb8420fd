"""What is in the way of a new object, and the remedy: Docker's own errors tell neither."""

from __future__ import annotations

import ipaddress
import re
from typing import TYPE_CHECKING, Any

from docker.errors import NotFound

if TYPE_CHECKING:
    from collections.abc import Iterable

    from toolchain.plugins.docker.daemon import Api

# The port in Docker's two ways to say that it is taken: by a container, by another process.
_PORT = re.compile(r"(?:Bind for|listen \w+) \S+:(\d+)(?: failed|: bind: address already in use)")
_UNRECORDED = "this resource did not make it"


def container_name(api: Api, name: str) -> str:
    """Who holds the name of a container."""
    try:
        found = api.inspect_container(name)
    except NotFound:
        return ""
    return (
        f'\nIn the way: container "{name}" ({found["State"]["Status"]}, of image {found["Config"]["Image"]}, '
        f"created {found['Created'][:19]}Z{_labels(found['Config']['Labels'])}); {_UNRECORDED}.\n"
        f"{_advice_for(api, name)}; else choose another name."
    )


def network_name(api: Api, name: str) -> str:
    """Which network has the name already."""
    try:
        found = api.inspect_network(name)
    except NotFound:
        return ""
    holders = ", ".join(sorted(item["Name"] for item in found["Containers"].values())) or "none"
    return (
        f'\nIn the way: network "{name}" (subnets: {", ".join(_subnets(found)) or "none"}; on it: {holders}'
        f"{_labels(found['Labels'])}); {_UNRECORDED}.\n"
        f"{_advice(found['Labels'], f'`docker network rm {name}`')}; to adopt it, "
        f"`pulumi import docker:index/network:Network NAME {found['Id'][:12]}`; else choose another name."
    )


def subnet(api: Api, wanted: Iterable[str]) -> str:
    """Which networks overlap the subnets wanted."""
    taken = [
        f'network "{network["Name"]}" ({theirs})'
        for network in api.networks()
        for theirs in _subnets(network)
        if any(_overlap(theirs, ours) for ours in wanted)
    ]
    holders = ", ".join(taken) or "a route or an interface of the daemon's machine (`ip route`)"
    return (
        f"\nSubnet wanted: {', '.join(wanted)}. In the way: {holders}.\n"
        "If nobody needs it, `docker network rm` it; else choose another subnet."
    )


def address(api: Api, wanted: Iterable[tuple[str, str]]) -> str:
    """Who holds the addresses wanted; pairs of network and address."""
    lines = [
        f'\nAddress {ip} of network "{network}" is held by container "{item["Name"]}". '
        f"{_advice_for(api, item['Name'])}; else choose another address."
        for network, ip in wanted
        for item in api.inspect_network(network)["Containers"].values()
        if ip in (item["IPv4Address"].partition("/")[0], item["IPv6Address"].partition("/")[0])
    ]
    return "".join(lines)


def port(api: Api, text: str) -> str:
    """Who holds the port that Docker's error names."""
    match = _PORT.search(text)
    if not match:
        return ""
    number = int(match[1])
    names = [
        container["Names"][0].lstrip("/")
        for container in api.containers()
        if any(published.get("PublicPort") == number for published in container["Ports"])
    ]
    holder = f'container "{names[0]}"' if names else "a process of the daemon's machine (`ss -ltnp`)"
    return f"\nPort {number} is held by {holder}. Stop it, or choose another port."


def _subnets(network: dict[str, Any]) -> list[str]:
    return [pool["Subnet"] for pool in network["IPAM"]["Config"] or []]


def _overlap(first: str, second: str) -> bool:
    one, two = ipaddress.ip_network(first, strict=False), ipaddress.ip_network(second, strict=False)
    return one.version == two.version and one.overlaps(two)


def _advice_for(api: Api, container: str) -> str:
    try:
        labels = api.inspect_container(container)["Config"]["Labels"]
    except NotFound:  # a network names a container a moment longer than it is there
        labels = None
    return _advice(labels, f"`docker rm -f {container}`")


def _advice(labels: dict[str, str] | None, removal: str) -> str:
    """How to have it out of the way. What a stack of ours made may serve, recorded under another resource's name."""
    if stack := (labels or {}).get("hacomponents.stack"):
        return (
            f"It is of stack {stack} and may serve: leave it. `make up STACK={stack}` takes over what a killed run left"
        )
    return f"If nobody needs it, {removal}"


def _labels(labels: dict[str, str] | None) -> str:
    shown = ", ".join(f"{key}={value}" for key, value in sorted((labels or {}).items()))
    return f", labels: {shown}" if shown else ""
