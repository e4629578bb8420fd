"""VIPs as seen from one host: which of them it holds, and who else does."""

import typing

from .bundle import Service
from .machine import Machine

HERE = "this host"


def held(machine: Machine, service: Service) -> typing.List[str]:
    """Return the VIPs of the keepalived ``service`` that this host holds, without their prefix lengths."""
    own = machine.addresses()
    return [vip for vip in addresses(service) if vip in own]


def addresses(service: Service) -> typing.List[str]:
    """Return all VIPs of the keepalived ``service``, without their prefix lengths."""
    return [vip.partition("/")[0] for vip in service.get("vips")]


def holders(machine: Machine, service: Service, vip: str) -> typing.List[str]:
    """Return who holds ``vip``: "this host", and the hardware addresses of others."""
    own = [HERE] if vip in machine.addresses() else []
    return own + machine.others_with(vip, service.get("source"))


def are_held_once(machine: Machine, service: Service) -> bool:
    """Tell whether one host holds the first VIP, and the others are with it as far as can be seen from here.

    A VIP that is new in a pair is on no host until the holder of the first one is told of it, which may come later.
    """
    first, others = addresses(service)[0], addresses(service)[1:]
    if len(holders(machine, service, first)) != 1:
        return False
    if first in held(machine, service):
        return all(holders(machine, service, vip) == [HERE] for vip in others)
    return not held(machine, service)


def are_held_elsewhere(machine: Machine, service: Service) -> bool:
    """Tell whether one host holds the VIPs, and it is not this one."""
    return not held(machine, service) and are_held_once(machine, service)


def describe(machine: Machine, service: Service) -> str:
    """Return who holds each VIP, for a person."""
    found = {vip: holders(machine, service, vip) for vip in addresses(service)}
    return "; ".join(f"{vip} is on {' and '.join(names) or 'no host'}" for vip, names in found.items())
