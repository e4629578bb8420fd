"""VIPs as seen from one host: which of them it holds, and who else does."""

import typing

from .bundle import Service
from .machine import Machine


def held(machine: Machine, service: Service) -> typing.List[str]:
    """Return the VIPs of the keepalived ``service`` that this host holds, without their prefix lengths."""
    own = machine.addresses()
    return [vip for vip in addresses(service) if vip in own]


def addresses(service: Service) -> typing.List[str]:
    """Return all VIPs of the keepalived ``service``, without their prefix lengths."""
    return [vip.partition("/")[0] for vip in service.get("vips")]


def holders(machine: Machine, service: Service, vip: str) -> typing.List[str]:
    """Return who holds ``vip``: "this host", and the hardware addresses of others."""
    own = ["this host"] if vip in machine.addresses() else []
    return own + machine.others_with(vip, service.get("source"))


def are_held_once(machine: Machine, service: Service) -> bool:
    """Tell whether exactly one host holds each VIP."""
    return all(len(holders(machine, service, vip)) == 1 for vip in addresses(service))


def are_held_elsewhere(machine: Machine, service: Service) -> bool:
    """Tell whether exactly one host holds each VIP, and it is not this one."""
    return not held(machine, service) and are_held_once(machine, service)


def describe(machine: Machine, service: Service) -> str:
    """Return who holds each VIP, for a person."""
    found = {vip: holders(machine, service, vip) for vip in addresses(service)}
    return "; ".join(f"{vip} is on {' and '.join(names) or 'no host'}" for vip, names in found.items())
