"""What is wrong with a stack, as its hosts tell it, and what to do about it. Pure: no command is run here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit

from hacomponents.operations import reach

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from hacomponents.operations.commands import Commands

LOOPBACK = "127.0.0.1"


@dataclass(frozen=True)
class HostState:
    """A host, as it is seen now.

    Args:
        stack: that it is of.
        container: name of its container.
        state: Docker's word for the container's, such as running or paused; "missing" where only Pulumi knows it.
        answer: what the agent's `status` says; empty where it does not answer.
        words: why it does not answer.
    """

    stack: str
    container: str
    state: str = "running"
    answer: Mapping[str, Any] | None = None
    words: str = ""

    @property
    def name(self) -> str:
        """Its name in the program."""
        return self.container.removeprefix(f"{self.stack}-")

    @property
    def vips(self) -> tuple[str, ...]:
        """The VIPs that it shares with its peer."""
        vrrp = (self.answer or {}).get("vrrp")
        return tuple(vrrp["vips"]) if vrrp else ()

    @property
    def held(self) -> tuple[str, ...]:
        """Those of them that it holds."""
        return tuple((self.answer or {}).get("vips", ()))


def pairs(hosts: Sequence[HostState]) -> dict[str, tuple[HostState, ...]]:
    """The hosts that share each VIP that adverts carry."""
    shared = sorted({host.vips for host in hosts if host.vips})
    return {vips[0]: tuple(host for host in hosts if host.vips == vips) for vips in shared}


def page(url: str, hosts: Sequence[HostState]) -> str:
    """What to ask a site for: the page by which balancers ask its servers, which is cheap and changes nothing.

    Args:
        url: of the site.
        hosts: all of the stack. Daemons of ours tell of themselves on loopback, where nobody else asks.
    """
    services = [service for host in hosts for service in (host.answer or {}).get("services", {}).values()]
    asked = [urlsplit(str(service["health"])) for service in services]
    return urljoin(url, next((each.path for each in asked if each.hostname not in {None, LOOPBACK}), ""))


@dataclass(frozen=True)
class StackProblem:
    """Something that is wrong.

    Args:
        where: a host or a VIP.
        what: is wrong.
        remedy: what the reader can do about it.
    """

    where: str
    what: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what}\n  remedy: {self.remedy}"


def problems(hosts: Sequence[HostState], commands: Commands) -> list[StackProblem]:
    """All that is wrong: host by host, then VIP by VIP.

    Args:
        hosts: all of the stack.
        commands: that remedies name.
    """
    by_host = {host.name: list(_of_host(host, commands)) for host in hosts}
    vips = sorted({vip for host in hosts for vip in host.vips})
    of_vips = [problem for vip in vips for problem in _of_vip(vip, hosts, by_host)]
    return [problem for found in by_host.values() for problem in found] + of_vips


def _of_host(host: HostState, commands: Commands) -> Iterator[StackProblem]:
    """What a host tells of itself, or why it does not."""
    if host.state != "running":
        yield _of_state(host, commands)
    elif host.answer is None:
        remedy = f"{commands.up}; if it stays so: {reach.restart(host.container)}"
        yield StackProblem(host.name, f"its agent does not answer: {host.words}", remedy)
    elif host.answer["release"] is None:
        yield StackProblem(host.name, "it has no release", commands.up)
    else:
        yield from _of_agent(host, host.answer, commands)


def _of_state(host: HostState, commands: Commands) -> StackProblem:
    """Why it does not run; any state that is not named here is power that is off."""
    if host.state == "missing":
        return StackProblem(host.name, "its container is gone", commands.up)
    if host.state == "paused":
        return StackProblem(host.name, "it is frozen", reach.unfreeze(host.container))
    words = reach.last_words(host.container)
    if host.state == "restarting":
        return StackProblem(host.name, "it does not come up", words)
    remedy = f"{reach.power_on(host.container)}; its last words: {words}"
    return StackProblem(host.name, f"it does not run ({host.state})", remedy)


def _of_agent(host: HostState, answer: Mapping[str, Any], commands: Commands) -> Iterator[StackProblem]:
    if answer["lock"]:
        remedy = f"wait for it; if it hangs, end its process: {reach.shell(host.container, 'kill PID')}"
        yield StackProblem(host.name, f"it is being changed by {answer['lock']}", remedy)
    if answer["maintenance"]:
        yield StackProblem(host.name, "it is in maintenance: it takes no VIP", reach.agent(host.container, "heal"))
    services = answer["services"]
    broken = [problem for name in services for problem in _of_service(host, name, services[name], commands)]
    yield from broken
    state = (answer["vrrp"] or {}).get("state")
    if state == "FAULT" and not broken and not answer["maintenance"]:
        tracks = reach.shell(host.container, "grep . -r /run/hacomponents/track")
        remedy = f"1 is a fault: {tracks}; {_log(host, services['keepalived'], commands)}"
        yield StackProblem(host.name, "its keepalived says FAULT: it takes no VIP", remedy)


def _of_service(host: HostState, name: str, service: Mapping[str, Any], commands: Commands) -> Iterator[StackProblem]:
    """At most one: what does not run cannot be well, and what is not well may not tell what it serves."""
    start, restart = (_by_hand(host, service, what, commands) for what in ("start", "restart"))
    if service["state"] != "run":
        yield StackProblem(host.name, f"{name} is down ({service['state']})", start)
    elif not service["healthy"] and name != "keepalived":  # which tells of VIPs: see `_of_vip`
        yield StackProblem(host.name, f"{name} is not well: {service['ailment']}", restart)
    elif service["digest"] != service["wanted"]:
        serves = f"serves {service['digest']}" if service["digest"] else "does not tell what it serves"
        yield StackProblem(host.name, f"{name} {serves}, and {service['wanted']} is in force", restart)


def _by_hand(host: HostState, service: Mapping[str, Any], what: str, commands: Commands) -> str:
    """What a person does to start or restart a service; the first agents do not tell."""
    if "by_hand" not in service:
        return commands.up
    return f"{reach.shell(host.container, service['by_hand'][what])}; {_log(host, service, commands)}"


def _log(host: HostState, service: Mapping[str, Any], commands: Commands) -> str:
    return f"its log: {reach.shell(host.container, service['by_hand']['log'])}" if "by_hand" in service else commands.up


def _of_vip(
    vip: str, hosts: Sequence[HostState], by_host: Mapping[str, Sequence[StackProblem]]
) -> Iterator[StackProblem]:
    """A VIP is on one host, the other one sees it there, and could take it at once."""
    pair = [host for host in hosts if vip in host.vips]
    holders = [host.name for host in pair if vip in host.held]
    view = "each host's view: " + "; ".join(reach.agent(host.container, "status") for host in pair)
    if len(holders) != 1:
        where = f"two hosts: {' and '.join(holders)}" if holders else "no host"
        yield StackProblem(vip, f"it is on {where}", view)
        return
    deceived = {host.name: ailment for host in pair if (ailment := _ailment(host))}
    for name, ailment in deceived.items():
        yield StackProblem(vip, f"it is on {holders[0]}, but {name} sees otherwise: {ailment}", f"its network; {view}")
    if not [host for host in pair if not {host.name} & {*holders, *deceived} and not by_host[host.name]]:
        yield StackProblem(vip, f"it is on {holders[0]}, and no standby could take it over", "see what is said above")


def _ailment(host: HostState) -> str:
    """What keepalived's check sees that is wrong with the VIPs, while it runs."""
    services = (host.answer or {}).get("services", {})
    keepalived = services.get("keepalived", {"state": "down"})
    return str(keepalived["ailment"]) if keepalived["state"] == "run" else ""
