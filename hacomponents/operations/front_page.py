"""The front page of a stack's site: whether it answers, and how to open it."""

from __future__ import annotations

import getpass
import socket
import time
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from hacomponents.operations import reach
from hacomponents.operations.errors import OperationFailed
from hacomponents.operations.progress import say

if TYPE_CHECKING:
    from hacomponents.operations.stack import DeployedStack

PORTS = {"http": 80, "https": 443}
ANSWERING = 60
"""Seconds for the site to answer after a push; each daemon has proved itself by then, so it is seconds at most."""
REQUEST = ("curl", "--silent", "--show-error", "--fail", "--insecure", "--max-time", "5", "--output", "/dev/null")
"""Whether it answers; a certificate that was made for trying out leads to nobody whom the host trusts."""


def check(stack: DeployedStack, url: str) -> None:
    """Ask for the page through the network, from inside one of the stack's containers. Raises `OperationFailed`.

    Args:
        stack: that is up.
        url: of the site, behind the VIP.
    """
    step = f"stack {stack.name}"
    hosts = [item.name for item in stack.objects() if item.kind == "container"]
    if not hosts:
        raise OperationFailed(
            step, "it has no container any more", f"pulumi refresh --stack {stack.name}, then {stack.commands.up}"
        )
    host = min(hosts)
    deadline = time.monotonic() + ANSWERING
    while words := _refusal(host, url):
        if time.monotonic() > deadline:
            remedy = f"{reach.agent(host, 'status')}; docs/how-to/recover.md"
            raise OperationFailed(step, f"no good answer from {url} in {ANSWERING} s: {words}", remedy)
        time.sleep(0.5)


def _refusal(host: str, url: str) -> str:
    """Why the site did not answer, in curl's words; "" if it did."""
    done = reach.run(host, *REQUEST, url)
    return "" if done.returncode == 0 else (done.stderr or done.stdout).strip() or f"exit {done.returncode}"


def tell(stack: str, url: str) -> None:
    """Say where the site is, and how to open it."""
    parts = urlsplit(url)
    machine = f"{getpass.getuser()}@{socket.gethostname()}"
    say(f"\n{stack} answers at {url}")
    say(f"  on this machine:  curl {'--insecure ' if parts.scheme == 'https' else ''}{url}")
    say(f"  from your desk:   ssh -L 8080:{parts.hostname}:{parts.port or PORTS[parts.scheme]} {machine}")
    say(f"                    then open {parts.scheme}://localhost:8080{parts.path or '/'}")
