"""How the host of a stack is reached: by a command of ours, and in the words of a remedy that a person follows.

The only module of the operations that knows Docker's and the supervisor's commands for a host.
"""

from __future__ import annotations

import subprocess

from hacomponents.hosts.docker.daemon import typed
from hacomponents.hosts.reach import AGENT


def run(host: str, *command: str, timeout: float | None = None) -> subprocess.CompletedProcess[str]:
    """Run a command on a host; its exit status and what it wrote.

    Args:
        host: name of its container.
        command: words of it.
        timeout: seconds until it is given up. Default: none.

    Raises:
        TimeoutExpired: it was not done in time.
    """
    return subprocess.run(
        ["docker", "exec", host, *command], capture_output=True, text=True, timeout=timeout, check=False
    )


def shell(host: str, command: str) -> str:
    """How a person runs a command on a host."""
    return f"{typed(host)} {command}"


def agent(host: str, verb: str) -> str:
    """How a person runs a verb of the agent, such as `status`."""
    return shell(host, f"{AGENT} {verb}")


def power_on(host: str) -> str:
    """How a person starts a host that does not run."""
    return f"docker start {host}"


def restart(host: str) -> str:
    """How a person restarts a host."""
    return f"docker restart {host}"


def unfreeze(host: str) -> str:
    """How a person lets a frozen host go on."""
    return f"docker unpause {host}"


def last_words(host: str) -> str:
    """How a person reads what a host wrote before it ended."""
    return f"docker logs {host}"
