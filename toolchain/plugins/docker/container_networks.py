"""The networks of a container: in which order it joins them, and which it is on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from docker.errors import NotFound

from toolchain.plugins.rpc import RequestFailed, Values

if TYPE_CHECKING:
    from toolchain.plugins.docker.daemon import Api

# Modes in which the container has no network of its own, so none can be added.
_SHARED = ("host", "none", "container:")
_DEFAULT = ("bridge", "default")


def wanted(api: Api, inputs: Values) -> list[Values]:
    """The networks to join, by name; the one that `networkMode` names comes first, then by name.

    RequestFailed: a network does not exist, or `networkMode` leaves the container no network of its own.
    """
    mode, networks = inputs["networkMode"], inputs.get("networksAdvanced", [])
    if not networks:
        return []
    if mode.startswith(_SHARED):
        raise RequestFailed(f'networkMode "{mode}" and networksAdvanced exclude each other: leave one of them out')
    networks = [network | {"name": _name(api, network["name"])} for network in networks]
    first = "bridge" if mode in _DEFAULT else _name(api, mode)
    if first not in [network["name"] for network in networks] and mode not in _DEFAULT:
        networks.append({"name": first})
    return sorted(networks, key=lambda network: (network["name"] != first, network["name"]))


def endpoint(network: Values) -> dict[str, Any]:
    """A network's part in the body that creates the container, or that connects it."""
    addresses = {
        "IPv4Address": network.get("ipv4Address", ""),
        "IPv6Address": network.get("ipv6Address", ""),
        "LinkLocalIPs": network.get("linkLocalIps", []),
    }
    return {"Aliases": network.get("aliases", []), "IPAMConfig": addresses if any(addresses.values()) else None}


def joined(inputs: Values, found: dict[str, Any]) -> Values:
    """`networkMode` and `networksAdvanced` as the container has them now, whatever an administrator did.

    What is as the program says is in the program's words.
    """
    mode, given = inputs["networkMode"], inputs.get("networksAdvanced", [])
    if mode.startswith(_SHARED):
        return {"networkMode": mode, "networksAdvanced": given}
    here: dict[str, Any] = found["NetworkSettings"]["Networks"]
    kept = [_as_found(network, here[name]) for network in given if (name := _find(network["name"], here))]
    known = {_find(network["name"], here) for network in given} | {_find("bridge" if mode in _DEFAULT else mode, here)}
    extra = [{"name": name} for name in sorted(here) if name not in known]
    lost = not given and known == {None}
    return {"networkMode": "none" if lost else mode, "networksAdvanced": kept + extra}


def data(found: dict[str, Any]) -> list[Values]:
    """`networkDatas`, by the network's name; a container that does not run has no addresses."""
    return [
        {
            "networkName": name,
            "ipAddress": item["IPAddress"],
            "ipPrefixLength": item["IPPrefixLen"],
            "gateway": item["Gateway"],
            "globalIpv6Address": item["GlobalIPv6Address"],
            "globalIpv6PrefixLength": item["GlobalIPv6PrefixLen"],
            "ipv6Gateway": item["IPv6Gateway"],
            "macAddress": item["MacAddress"],
        }
        for name, item in sorted(found["NetworkSettings"]["Networks"].items())
    ]


def with_allocated(ports: list[Values], known: list[Values]) -> list[Values]:
    """Ports with the external number that Docker chose where the program leaves it open, from the `known` ones."""
    chosen = {_key(port): port["external"] for port in known if port.get("external")}
    return [
        port | {"external": chosen[_key(port)]} if not port.get("external") and _key(port) in chosen else port
        for port in ports
    ]


def published(found: dict[str, Any]) -> list[Values]:
    """The ports that a running container has published."""
    return [
        {
            "internal": int(port.partition("/")[0]),
            "protocol": port.partition("/")[2],
            "ip": binding["HostIp"],
            "external": int(binding["HostPort"]),
        }
        for port, bindings in (found["NetworkSettings"]["Ports"] or {}).items()
        for binding in bindings or []
    ]


def _key(port: Values) -> tuple[Any, ...]:
    return port["internal"], port["protocol"], port["ip"]


def _name(api: Api, name_or_id: str) -> str:
    try:
        return str(api.inspect_network(name_or_id)["Name"])
    except NotFound as error:
        raise RequestFailed(
            f"network {name_or_id} not found: create it, or use the output `name` of a Network"
        ) from error


def _find(name_or_id: str, here: dict[str, Any]) -> str | None:
    return next((name for name, item in here.items() if name_or_id in (name, item["NetworkID"])), None)


def _as_found(network: Values, item: dict[str, Any]) -> Values:
    """The program's words, but for an address or an alias that the container has lost."""
    asked = item["IPAMConfig"] or {}
    real = {"ipv4Address": asked.get("IPv4Address", ""), "ipv6Address": asked.get("IPv6Address", "")}
    lost = {key: value for key, value in real.items() if network.get(key, "") != value}
    if not set(network.get("aliases", [])) <= set(item["Aliases"] or []):
        lost["aliases"] = sorted(item["Aliases"] or [])
    return network | lost
