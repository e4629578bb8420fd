"""Packages of the system."""

from __future__ import annotations

import os
import shutil

from toolchain import cache
from toolchain.errors import StepFailed
from toolchain.progress import run

LOCK = "DPkg::Lock::Timeout=300"
"""Unattended upgrades hold dpkg's lock on a machine that has just started: wait for them, at most 300 s."""


def require(*names: str, command: str) -> None:
    """Install Debian packages where a command is missing.

    Args:
        names: of the packages.
        command: that they bring.

    Raises:
        StepFailed: they cannot be installed here.
    """
    if not shutil.which(command):
        install(*names)


def install(*names: str) -> None:
    """Install Debian packages. Raises `StepFailed` where this is no Debian or Ubuntu, or not root's session."""
    step = f"installing {' '.join(names)}"
    if not shutil.which("apt-get"):
        raise StepFailed(step, "this system has no apt-get", f"install {' '.join(names)} by the system's own means")
    if os.geteuid() != 0:
        raise StepFailed(step, "only root can do that", f"as root: apt-get install {' '.join(names)}")
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "NEEDRESTART_SUSPEND": "1"}
    remedy = "check the machine's package sources and network, then run this again"
    update = ["apt-get", "-o", LOCK, "--quiet", "update"]
    run("apt-get: reading package lists", update, cache.log("apt-update"), remedy=remedy, env=env)
    command = ["apt-get", "-o", LOCK, "--quiet", "--yes", "--no-install-recommends", "install", *names]
    run(f"apt-get: {step}", command, cache.log("apt-install"), remedy=remedy, env=env)
