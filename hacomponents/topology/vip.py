"""Virtual addresses and the VRRP that moves them."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from hacomponents.errors import Problem
from hacomponents.topology import fields
from hacomponents.topology.named_secrets import Secrets, check_named
from hacomponents.topology.secret import SECRET, Secret, SecretInput, check_secret

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hacomponents.topology.network import Network

# keepalived truncates a longer one (man keepalived.conf, auth_pass).
AUTH_PASS_LENGTH = 8
PAIR = 2
# 255 is the address owner's (RFC 5798, 5.2.4): tracking cannot lower it.
HIGHEST_PRIORITY = 254


@dataclass(frozen=True)
class Vrrp3:
    """VRRP version 3 between unicast peers: what to use unless something else speaks an older one.

    Args:
        advert_int: seconds between adverts, 0.1 to 40; a killed host is replaced after three of them. Default: 0.2.
        priority: of the first and the second host, 1 to 254. Default: 200 and 199: a peer takes the VIP 44 ms after its
            holder's last advert (the skew), which is time enough for a busy holder to let go of it.
        nopreempt: a host that comes back leaves the VIP where it is. Default: True.
        preempt_delay: whole seconds that the preferred host waits before it takes the VIP back, 0 to 1000; only with
            `nopreempt=False`. Default: 0.
    """

    advert_int: float = 0.2
    priority: tuple[int, int] = (200, 199)
    nopreempt: bool = True
    preempt_delay: int = 0

    def skew(self, priority: int) -> float:
        """Seconds that a host of this priority waits after the holder's last advert (RFC 5798, 6.1)."""
        return (256 - priority) / 256 * self.advert_int

    def check(self, path: str) -> Iterator[Problem]:
        """Rules of this dialect; limits of `advert_int` from RFC 5798 and what a busy machine keeps up with."""
        yield from fields.seconds(f"{path}.advert_int", self.advert_int, 0.1, 40)
        yield from _check_priorities(f"{path}.priority", self.priority)
        yield from fields.flag(f"{path}.nopreempt", self.nopreempt)
        wrong = list(fields.integer(f"{path}.preempt_delay", self.preempt_delay, 0, 1000))
        yield from wrong
        if self.preempt_delay and self.nopreempt is True and not wrong:
            rule = "is of no effect: with nopreempt, a host that comes back takes nothing"
            yield Problem(f"{path}.preempt_delay", rule, "add nopreempt=False, or leave it out", self.preempt_delay)


@dataclass(frozen=True)
class Vrrp2:
    """VRRP version 2 by multicast with a clear-text password and MASTER/BACKUP states, as in the articles.

    Takes three seconds to notice a killed host, and a second switch when it returns. For old peers, and to compare.

    Args:
        auth_pass: 1 to 8 characters, in clear on the wire: a guard against mistakes, not against anybody. A secret.
        advert_int: whole seconds between adverts, 1 to 255. Default: 1.
        priority: of the MASTER and the BACKUP, 1 to 254. Default: 150 and 100 (the Rails article).
        weight: what each working service adds to its host's priority, 0 to 253. Default: 0, a failed service is a
            FAULT; another value, as in the reverse proxy article, must be larger than the gap between the priorities.
        interval: whole seconds between two checks of a service, 1 to 60; it has failed after two. Default: 1.
    """

    # Compared without its password: the VIPs of a pair share a dialect, and each has a secret of its own name.
    auth_pass: SecretInput = field(metadata=SECRET, compare=False)
    advert_int: int = 1
    priority: tuple[int, int] = (150, 100)
    weight: int = 0
    interval: int = 1

    @staticmethod
    def skew(priority: int) -> float:
        """Seconds that a host of this priority waits after the holder's last advert (RFC 3768, 6.1)."""
        return (256 - priority) / 256

    def check(self, path: str) -> Iterator[Problem]:
        """Rules of this dialect."""
        yield from fields.integer(f"{path}.advert_int", self.advert_int, 1, 255)
        yield from fields.integer(f"{path}.interval", self.interval, 1, 60)
        yield from _check_auth_pass(f"{path}.auth_pass", self.auth_pass)
        wrong = [
            *_check_priorities(f"{path}.priority", self.priority),
            *fields.integer(f"{path}.weight", self.weight, 0, 253),
        ]
        yield from wrong
        if not wrong:
            yield from self._check_weight(f"{path}.weight")

    def _check_weight(self, path: str) -> Iterator[Problem]:
        gap = self.priority[0] - self.priority[1]
        if 0 < self.weight <= gap:
            rule = f"never fails over: a failed service costs {self.weight}, but the priorities are {gap} apart"
            yield Problem(path, rule, f"give more than {gap}, or 0 to make a failed service a FAULT", self.weight)


Vrrp: TypeAlias = Vrrp3 | Vrrp2


@dataclass(frozen=True)
class Vip:
    """A virtual IP, held by one host of a pair at a time: a VRRP instance.

    Args:
        address: IPv4 or IPv6, in the hosts' network. Adverts carry it: another takes its place by `replaces`.
        virtual_router_id: 1 to 255, unique on the network. Default: the address's last byte.
        virtual_ipaddress_excluded: further addresses, of either family, that move with it; they can come and go at any
            time without a change of state, since adverts do not carry them. Default: none.
        vrrp: the dialect. Default: `Vrrp3()`.
        interface: of the hosts, which has the address; the address is then any, of their own network or another.
            Adverts go between the hosts' own addresses all the same, and nobody else is believed; an interface that
            goes down is a FAULT. Default: that of the hosts' own addresses.
        notify: text of a script that keepalived runs at each change of state, with the arguments INSTANCE, `address`,
            the state (MASTER, BACKUP, FAULT, STOP) and the priority; it is ended after 30 s. A failover does not wait
            for it. Default: none.
        replaces: the VIP whose place it takes, as the program had it: both are served, each with adverts of its own,
            until an `up` without this. Default: none.
        secrets: what `@@NAME@@` in `notify` stands for, by name; on the host, root alone can read the script.
            Default: none.
    """

    address: str
    virtual_router_id: int | None = None
    virtual_ipaddress_excluded: tuple[str, ...] = ()
    vrrp: Vrrp = field(default_factory=Vrrp3)
    interface: str = ""
    notify: str = ""
    secrets: Secrets = field(default_factory=dict, metadata=SECRET, hash=False)
    replaces: Vip | None = None

    @property
    def router_id(self) -> int:
        """The virtual router id in use."""
        if self.virtual_router_id is not None:
            return self.virtual_router_id
        return ipaddress.ip_address(self.address).packed[-1]

    @property
    def addresses(self) -> tuple[str, ...]:
        """All of them, the one that adverts carry first."""
        return (self.address, *self.virtual_ipaddress_excluded)

    @property
    def served(self) -> tuple[str, ...]:
        """The same, and those of the VIP whose place it takes."""
        return (*self.addresses, *(self.replaces.addresses if isinstance(self.replaces, Vip) else ()))

    @property
    def is_ipv6(self) -> bool:
        """Whether its adverts are IPv6."""
        return fields.is_ipv6(self.address)


def check_vip(vip: Vip, path: str, network: Network) -> Iterator[Problem]:
    """Rules of one VIP on its network."""
    if not isinstance(vip.virtual_ipaddress_excluded, tuple | list):
        where = f"{path}.virtual_ipaddress_excluded"
        yield Problem(where, "must be a tuple of addresses", 'write ("10.10.0.11",)', vip.virtual_ipaddress_excluded)
        return
    for where, address in _named(vip, path):
        if network.subnet is None and not address:
            continue  # follows from the wrong network, which has its own rule
        wrong = list(fields.ip(where, address))
        yield from wrong
        if not wrong and not vip.interface:
            yield from _check_inside(where, address, network)
    if vip.interface:
        yield from fields.text(f"{path}.interface", vip.interface, fields.INTERFACE, "an interface such as eth1")
    yield from _check_router_id(vip, f"{path}.virtual_router_id")
    yield from _check_vrrp(vip, f"{path}.vrrp")
    yield from _check_notify(f"{path}.notify", vip.notify)
    yield from check_named(path, vip.secrets, {"notify": vip.notify})
    if vip.replaces is not None:
        yield from _check_replaced(vip.replaces, f"{path}.replaces", network)


def _check_replaced(vip: object, path: str, network: Network) -> Iterator[Problem]:
    if not isinstance(vip, Vip):
        yield Problem(path, "must be a Vip", 'give the one of before as it was, such as Vip("10.10.0.10")', vip)
    elif vip.replaces is not None:
        rule = "cannot be: a VIP takes the place of one other"
        yield Problem(f"{path}.replaces", rule, "bring the site up without it first")
    else:
        yield from check_vip(vip, path, network)


def _named(vip: Vip, path: str) -> Iterator[tuple[str, str]]:
    yield f"{path}.address", vip.address
    for index, address in enumerate(vip.virtual_ipaddress_excluded):
        yield f"{path}.virtual_ipaddress_excluded[{index}]", address


def _check_inside(path: str, address: str, network: Network) -> Iterator[Problem]:
    subnet: ipaddress.IPv4Network | ipaddress.IPv6Network | None = network.subnet
    if fields.is_ipv6(address):
        if not network.cidr6:
            rule = f"{address} is outside network {network.name}, which has no IPv6"
            yield Problem(path, rule, "give the network cidr6, such as fd00:10::/64")
        subnet = network.subnet6
    if subnet is None:
        return
    if ipaddress.ip_address(address) not in subnet:
        yield Problem(path, f"{address} is outside network {network.name}", f"take an address in {subnet}")
    elif address in {str(subnet.network_address), str(subnet.broadcast_address)}:
        yield Problem(path, f"{address} is the network's own or its broadcast address", f"take another in {subnet}")
    elif address == str(subnet[1]):
        yield Problem(path, f"{address} is the gateway of network {network.name}", f"take another in {subnet}")


def _check_router_id(vip: Vip, path: str) -> Iterator[Problem]:
    if vip.virtual_router_id is not None:
        yield from fields.integer(path, vip.virtual_router_id, 1, 255)
    elif fields.is_ip(vip.address) and not vip.router_id:
        yield Problem(
            path, "cannot follow from an address whose last byte is 0", "give a virtual_router_id between 1 and 255"
        )


def _check_vrrp(vip: Vip, path: str) -> Iterator[Problem]:
    if not isinstance(vip.vrrp, Vrrp3 | Vrrp2):
        yield Problem(path, "must be a Vrrp3 or a Vrrp2", "give one of them", vip.vrrp)
        return
    yield from vip.vrrp.check(path)
    if isinstance(vip.vrrp, Vrrp2) and vip.is_ipv6:
        remedy = f"use Vrrp3, or make {vip.address} a virtual_ipaddress_excluded of an IPv4 address"
        yield Problem(path, "has no IPv6: VRRP 2 came before it", remedy)


def _check_notify(path: str, script: object) -> Iterator[Problem]:
    if not isinstance(script, str):
        remedy = f'give Path("notify.sh").read_text(); for a secret in it write {fields.NAMING}'
        yield Problem(path, "must be the text of a script", remedy, script)
    elif fields.CONTROL.search(script):
        yield Problem(path, "must not hold control characters", "remove them")
    elif fields.has_agent_token(script):
        yield Problem(path, fields.MARKED, "remove it")
    elif script and not script.startswith("#!/"):
        yield Problem(path, "must begin with the program that runs it", "begin with a line such as #!/bin/sh")


def _check_priorities(path: str, priority: object) -> Iterator[Problem]:
    if not isinstance(priority, tuple) or len(priority) != PAIR:
        yield Problem(path, "must be two priorities, the first host's and the second's", "give (200, 199)", priority)
        return
    for index, value in enumerate(priority):
        yield from fields.integer(f"{path}[{index}]", value, 1, HIGHEST_PRIORITY)
    if all(isinstance(value, int) for value in priority) and priority[0] <= priority[1]:
        yield Problem(path, "must fall: the first host is preferred", "give the first host the higher one", priority)


def _check_auth_pass(path: str, secret: object) -> Iterator[Problem]:
    yield from check_secret(path, secret)
    if not isinstance(secret, Secret):
        return
    if not 0 < secret.length <= AUTH_PASS_LENGTH:
        rule = f"must have 1 to {AUTH_PASS_LENGTH} characters, keepalived cuts off the rest (this has {secret.length})"
        yield Problem(path, rule, "shorten it, or use Vrrp3")
    elif not secret.clean:
        yield Problem(
            path, "must have letters, digits and marks only, and no quote, brace, '$' or '|'", "choose another"
        )
