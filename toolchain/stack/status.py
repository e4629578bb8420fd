"""The state of a stack: what each host says of itself, and every problem with its remedy."""

from __future__ import annotations

import json
import subprocess
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from toolchain import docker
from toolchain.errors import Failed
from toolchain.stack.verdict import AGENT, Host, problems

if TYPE_CHECKING:
    from collections.abc import Sequence

    from toolchain.stack.stack import Stack

ANSWER = 20
"""Seconds for an agent to answer; a machine that is busy with eight other things takes some."""
HEADINGS = ("HOST", "SERVICES", "RELEASE", "VIP")


def hosts(stack: Stack) -> list[Host]:
    """Every host of a stack, asked now. Raises `Failed` where it has none.

    Args:
        stack: that is up.
    """
    there = {item.name: item.id for item in stack.objects() if item.kind == "container"}
    names = sorted(there.keys() | stack.containers())
    if not names:
        raise Failed(f"stack {stack.name}", "it is not up: it has no container", f"make up STACK={stack.name}")
    states = docker.states()
    with ThreadPoolExecutor(len(names)) as pool:
        return list(pool.map(lambda name: _ask(stack.name, name, states.get(there.get(name, ""), "missing")), names))


def check(stack: Stack, found: Sequence[Host]) -> None:
    """Raise `Failed` with all that is wrong.

    Args:
        stack: for the message.
        found: its hosts, asked just now.
    """
    wrong = problems(found)
    if wrong:
        again = f"do what is said for each, then: make status STACK={stack.name}; docs/how-to/recover.md"
        raise Failed(f"stack {stack.name} is not well", "\n".join(map(str, wrong)), again)


def settled(stack: Stack, within: float) -> list[Host]:
    """Its hosts as soon as all is well with them. Raises `Failed` with all that is wrong at the deadline.

    Args:
        stack: that is up.
        within: seconds until the deadline.
    """
    deadline = time.monotonic() + within
    while problems(found := hosts(stack)) and time.monotonic() < deadline:
        time.sleep(0.5)
    check(stack, found)
    return found


def table(found: Sequence[Host]) -> str:
    """One line a host: its services, its release, and whether it holds the VIP."""
    rows = [HEADINGS, *((host.name, _services(host), _release(host), _vip(host)) for host in found)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join("  ".join(map(str.ljust, row, widths)).rstrip() for row in rows) + "\n"


def _ask(stack: str, container: str, state: str) -> Host:
    if state != "running":
        return Host(stack, container, state)
    command = ["docker", "exec", container, AGENT, "status"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=ANSWER, check=False)
        answer: dict[str, Any] = json.loads(done.stdout)
    except subprocess.TimeoutExpired:
        return Host(stack, container, state, words=f"nothing in {ANSWER} s")
    except ValueError:
        return Host(stack, container, state, words=(done.stderr or done.stdout).strip() or f"exit {done.returncode}")
    return Host(stack, container, state, answer)


def _services(host: Host) -> str:
    """Its services, those of one kind counted; what it is instead where it does not say."""
    if host.answer is None:
        return f"({host.state})"
    kinds = Counter(name.rstrip("0123456789").rstrip("-") for name in host.answer["services"])
    return " ".join(kind if count == 1 else f"{kind}*{count}" for kind, count in kinds.items())


def _release(host: Host) -> str:
    return (host.answer or {}).get("release") or "-"


def _vip(host: Host) -> str:
    """The VIPs that it holds, or what it is for them."""
    vrrp = (host.answer or {}).get("vrrp")
    if not vrrp:
        return "-"
    return " ".join(host.held) or f"({vrrp['state'] or 'keepalived is silent'} for {host.vips[0]})"
