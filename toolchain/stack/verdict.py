"""What is wrong with a stack, as its hosts tell it, and what to do about it. Pure: no command is run here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

AGENT = "hacomponents-agent"
LOOPBACK = "127.0.0.1"
STATES = {
    "missing": ("its container is gone", "make up STACK={stack}"),
    "paused": ("it is frozen", "docker unpause {container}"),
    "restarting": ("it does not come up", "docker logs {container}"),
}
"""What a container's state means, and the remedy; any other that is not "running" is power that is off."""
OFF = ("it does not run ({state})", "docker start {container}; its last words: docker logs {container}")


@dataclass(frozen=True)
class Host:
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


def pairs(hosts: Sequence[Host]) -> dict[str, tuple[Host, ...]]:
    """The hosts that share each VIP that adverts carry."""
    shared = sorted({host.vips for host in hosts if host.vips})
    return {vips[0]: tuple(host for host in hosts if host.vips == vips) for vips in shared}


def page(url: str, hosts: Sequence[Host]) -> str:
    """What to ask a site for: the page by which balancers ask its servers, which is cheap and changes nothing.

    Args:
        url: of the site.
        hosts: all of the stack. Daemons of ours tell of themselves on loopback, where nobody else asks.
    """
    services = [service for host in hosts for service in (host.answer or {}).get("services", {}).values()]
    asked = [urlsplit(str(service["health"])) for service in services]
    return urljoin(url, next((each.path for each in asked if each.hostname not in {None, LOOPBACK}), ""))


@dataclass(frozen=True)
class Problem:
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


def problems(hosts: Sequence[Host]) -> list[Problem]:
    """All that is wrong: host by host, then VIP by VIP.

    Args:
        hosts: all of the stack.
    """
    by_host = {host.name: list(_of_host(host)) for host in hosts}
    vips = sorted({vip for host in hosts for vip in host.vips})
    of_vips = [problem for vip in vips for problem in _of_vip(vip, hosts, by_host)]
    return [problem for found in by_host.values() for problem in found] + of_vips


def _of_host(host: Host) -> Iterator[Problem]:
    """What a host tells of itself, or why it does not."""
    if host.state != "running":
        what, remedy = STATES.get(host.state, OFF)
        words = {"stack": host.stack, "container": host.container, "state": host.state}
        yield Problem(host.name, what.format(**words), remedy.format(**words))
    elif host.answer is None:
        remedy = f"make up STACK={host.stack}; if it stays so: docker restart {host.container}"
        yield Problem(host.name, f"its agent does not answer: {host.words}", remedy)
    elif host.answer["release"] is None:
        yield Problem(host.name, "it has no release", f"make up STACK={host.stack}")
    else:
        yield from _of_agent(host, host.answer)


def _of_agent(host: Host, answer: Mapping[str, Any]) -> Iterator[Problem]:
    shell = f"docker exec {host.container}"
    if answer["lock"]:
        remedy = f"wait for it; if it hangs, end its process: {shell} kill PID"
        yield Problem(host.name, f"it is being changed by {answer['lock']}", remedy)
    if answer["maintenance"]:
        yield Problem(host.name, "it is in maintenance: it takes no VIP", f"{shell} {AGENT} heal")
    broken = [problem for name, service in answer["services"].items() for problem in _of_service(host, name, service)]
    yield from broken
    state = (answer["vrrp"] or {}).get("state")
    if state == "FAULT" and not broken and not answer["maintenance"]:
        remedy = f"1 is a fault: {shell} grep . -r /run/hacomponents/track; {_log(host, 'keepalived')}"
        yield Problem(host.name, "its keepalived says FAULT: it takes no VIP", remedy)


def _of_service(host: Host, name: str, service: Mapping[str, Any]) -> Iterator[Problem]:
    """At most one: what does not run cannot be well, and what is not well may not tell what it serves."""
    sv = f"docker exec {host.container} sv"  # forced: a worker that hangs does not heed its master's signal to end
    if service["state"] != "run":
        yield Problem(host.name, f"{name} is down ({service['state']})", f"{sv} up {name}; {_log(host, name)}")
    elif not service["healthy"] and name != "keepalived":  # which tells of VIPs: see `_of_vip`
        what = f"{name} is not well: {service['ailment']}"
        yield Problem(host.name, what, f"{sv} force-restart {name}; {_log(host, name)}")
    elif service["digest"] != service["wanted"]:
        serves = f"serves {service['digest']}" if service["digest"] else "does not tell what it serves"
        what = f"{name} {serves}, and {service['wanted']} is in force"
        yield Problem(host.name, what, f"{sv} force-restart {name}; {_log(host, name)}")


def _log(host: Host, service: str) -> str:
    return f"its log: docker exec {host.container} tail /var/log/hacomponents/{service}/current"


def _of_vip(vip: str, hosts: Sequence[Host], by_host: Mapping[str, Sequence[Problem]]) -> Iterator[Problem]:
    """A VIP is on one host, the other one sees it there, and could take it at once."""
    pair = [host for host in hosts if vip in host.vips]
    holders = [host.name for host in pair if vip in host.held]
    view = "each host's view: " + "; ".join(f"docker exec {host.container} {AGENT} status" for host in pair)
    if len(holders) != 1:
        where = f"two hosts: {' and '.join(holders)}" if holders else "no host"
        yield Problem(vip, f"it is on {where}", view)
        return
    deceived = {host.name: ailment for host in pair if (ailment := _ailment(host))}
    for name, ailment in deceived.items():
        yield Problem(vip, f"it is on {holders[0]}, but {name} sees otherwise: {ailment}", f"its network; {view}")
    if not [host for host in pair if not {host.name} & {*holders, *deceived} and not by_host[host.name]]:
        yield Problem(vip, f"it is on {holders[0]}, and no standby could take it over", "see what is said above")


def _ailment(host: Host) -> str:
    """What keepalived's check sees that is wrong with the VIPs, while it runs."""
    services = (host.answer or {}).get("services", {})
    keepalived = services.get("keepalived", {"state": "down"})
    return str(keepalived["ailment"]) if keepalived["state"] == "run" else ""
