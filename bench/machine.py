"""The machine that was measured on."""

from __future__ import annotations

import os
import platform
import re
from pathlib import Path

from bench import records
from hacomponents.testing.docker import docker


def record() -> None:
    """Write it beside the results."""
    records.clear("machine")
    records.append("machine", {"cores": os.cpu_count(), **_hardware(), **_software()})


def describe() -> str:
    """What was recorded, as a sentence."""
    (known,) = records.read("machine")
    return "{cores} cores of {processor}, {memory} GiB; {system}, Linux {kernel}, Docker {docker}".format(**known)


def _hardware() -> dict[str, object]:
    memory = re.search(r"MemTotal:\s+(\d+)", Path("/proc/meminfo").read_text())
    processor = re.search(r"model name\s*: (.*)", Path("/proc/cpuinfo").read_text())
    return {
        "processor": processor[1] if processor else platform.machine(),
        "memory": round(int(memory[1]) / 2**20) if memory else 0,
    }


def _software() -> dict[str, str]:
    return {
        "system": platform.freedesktop_os_release()["PRETTY_NAME"],
        "kernel": platform.release(),
        "docker": docker("version", "--format", "{{.Server.Version}}"),
    }
