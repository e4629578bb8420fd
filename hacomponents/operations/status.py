"""The state of a stack: what each host says of itself, and every problem with its remedy."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from hacomponents.hosts.reach import AGENT
from hacomponents.operations import daemon, docker_objects, reach
from hacomponents.operations.errors import OperationFailed
from hacomponents.operations.verdict import HostState, problems

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hacomponents.operations.stack import DeployedStack

ANSWER = 20
"""Seconds for an agent to answer; a machine that is busy with eight other things takes some."""
HEADINGS = ("HOST", "SERVICES", "RELEASE", "VIP")


def report(stack: DeployedStack) -> None:
    """Write what each host says of itself to standard output. Raises `OperationFailed` with all that is wrong."""
    stack.require()
    daemon.use(stack)
    found = hosts(stack)
    sys.stdout.write(table(found))
    sys.stdout.flush()
    check(stack, found)


def hosts(stack: DeployedStack) -> list[HostState]:
    """Every host of a stack, asked now. Raises `OperationFailed` where it has none.

    Args:
        stack: that is up.
    """
    there = {item.name: item.id for item in stack.objects() if item.kind == "container"}
    names = sorted(there.keys() | stack.containers())
    if not names:
        raise OperationFailed(f"stack {stack.name}", "it is not up: it has no host of hacomponents", stack.commands.up)
    states = docker_objects.states()
    with ThreadPoolExecutor(len(names)) as pool:
        return list(pool.map(lambda name: _ask(stack.name, name, states.get(there.get(name, ""), "missing")), names))


def check(stack: DeployedStack, found: Sequence[HostState]) -> None:
    """Raise `OperationFailed` with all that is wrong.

    Args:
        stack: for the message.
        found: its hosts, asked just now.
    """
    wrong = problems(found, stack.commands)
    if wrong:
        again = f"do what is said for each, then: {stack.commands.status}; docs/how-to/recover.md"
        raise OperationFailed(f"stack {stack.name} is not well", "\n".join(map(str, wrong)), again)


def settled(stack: DeployedStack, within: float) -> list[HostState]:
    """Its hosts as soon as all is well with them. Raises `OperationFailed` with all that is wrong at the deadline.

    Args:
        stack: that is up.
        within: seconds until the deadline.
    """
    deadline = time.monotonic() + within
    while problems(found := hosts(stack), stack.commands) and time.monotonic() < deadline:
        time.sleep(0.5)
    check(stack, found)
    return found


def table(found: Sequence[HostState]) -> str:
    """One line a host: its services, its release, and whether it holds the VIP."""
    rows = [HEADINGS, *((host.name, _services(host), _release(host), _vip(host)) for host in found)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join("  ".join(map(str.ljust, row, widths)).rstrip() for row in rows) + "\n"


def _ask(stack: str, container: str, state: str) -> HostState:
    if state != "running":
        return HostState(stack, container, state)
    try:
        done = reach.run(container, AGENT, "status", timeout=ANSWER)
        answer: dict[str, Any] = json.loads(done.stdout)
    except subprocess.TimeoutExpired:
        return HostState(stack, container, state, words=f"nothing in {ANSWER} s")
    except ValueError:
        return HostState(
            stack, container, state, words=(done.stderr or done.stdout).strip() or f"exit {done.returncode}"
        )
    return HostState(stack, container, state, answer)


def _services(host: HostState) -> str:
    """Its services, those of one kind counted; what it is instead where it does not say."""
    if host.answer is None:
        return f"({host.state})"
    kinds = Counter(name.rstrip("0123456789").rstrip("-") for name in host.answer["services"])
    return " ".join(kind if count == 1 else f"{kind}*{count}" for kind, count in kinds.items())


def _release(host: HostState) -> str:
    return (host.answer or {}).get("release") or "-"


def _vip(host: HostState) -> str:
    """The VIPs that it holds, or what it is for them."""
    vrrp = (host.answer or {}).get("vrrp")
    if not vrrp:
        return "-"
    return " ".join(host.held) or f"({vrrp['state'] or 'keepalived is silent'} for {host.vips[0]})"
