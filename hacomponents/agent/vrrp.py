"""VIPs as seen from one host: which of them it holds, and who else does."""

import typing

from .bundle import Service
from .machine import Machine

HERE = "this host"
# What a release says of an instance: it takes the place of another, which the next release has no more.
JOINS, LEAVES = "joins", "leaves"


class Instance(typing.NamedTuple):
    """A VRRP instance: the ``addresses`` that it moves, the first of which adverts carry, and their interface.

    One that joins others moves by itself; all the rest move together.
    """

    name: str
    interface: str
    addresses: typing.Sequence[str]
    change: str


def instances(service: Service) -> typing.List[Instance]:
    """Return the instances of the keepalived ``service``."""
    found = service.get("instances")
    return [
        Instance(
            name,
            found[name]["interface"],
            [vip.partition("/")[0] for vip in found[name]["vips"]],
            found[name].get("change", ""),
        )
        for name in sorted(found)
    ]


def vips(service: Service) -> typing.List[str]:
    """Return all VIPs of the keepalived ``service``, with their prefix lengths."""
    found = service.get("instances")
    return [vip for name in sorted(found) for vip in found[name]["vips"]]


def addresses(service: Service) -> typing.List[str]:
    """Return the same without the prefix lengths."""
    return [address for instance in instances(service) for address in instance.addresses]


def held(machine: Machine, service: Service) -> typing.List[str]:
    """Return the VIPs of the keepalived ``service`` that this host holds, without their prefix lengths."""
    own = machine.addresses()
    return [vip for vip in addresses(service) if vip in own]


def holders(machine: Machine, instance: Instance, vip: str) -> typing.List[str]:
    """Return who holds ``vip`` of ``instance``: "this host", and the hardware addresses of others."""
    own = [HERE] if vip in machine.addresses() else []
    return own + machine.others_with(vip, instance.interface)


def are_held_once(machine: Machine, service: Service) -> bool:
    """Tell whether one host holds the VIPs that move together, as far as can be seen from here.

    A VIP that is new in a pair is on no host until the holder of the others is told of it, which may come later.
    """
    found = instances(service)
    together = [instance for instance in found if instance.change != JOINS]
    alone = [[instance] for instance in found if instance.change == JOINS]
    return all(_are_held_once(machine, each) for each in (together, *alone))


def _are_held_once(machine: Machine, together: typing.Sequence[Instance]) -> bool:
    every = [(instance, address) for instance in together for address in instance.addresses]
    own = machine.addresses()
    if any(address in own for _, address in every):
        return all(holders(machine, instance, address) == [HERE] for instance, address in every)
    return max(len(holders(machine, instance, instance.addresses[0])) for instance in together) == 1


def are_held_elsewhere(machine: Machine, service: Service) -> bool:
    """Tell whether one host holds the VIPs, and it is not this one."""
    return not held(machine, service) and are_held_once(machine, service)


def all_holders(machine: Machine, service: Service) -> typing.Dict[str, typing.List[str]]:
    """Return who holds each VIP."""
    every = ((instance, vip) for instance in instances(service) for vip in instance.addresses)
    return {vip: holders(machine, instance, vip) for instance, vip in every}


def describe(machine: Machine, service: Service) -> str:
    """Return the same for a person."""
    found = all_holders(machine, service)
    return "; ".join(f"{vip} is on {' and '.join(names) or 'no host'}" for vip, names in found.items())
