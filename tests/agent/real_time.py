"""Real time for containers, where the kernel keeps a budget of it for each control group (version 1).

A kernel without CONFIG_RT_GROUP_SCHED keeps none, and lets a container have it by CAP_SYS_NICE alone.
"""

from __future__ import annotations

from pathlib import Path

from hacomponents.testing.docker import inspect

GROUPS = Path("/sys/fs/cgroup/cpu/docker")
BUDGET = "cpu.rt_runtime_us"
OURS, ALL = 50_000, 200_000
"""Microseconds in a second."""


def give(container: str) -> None:
    """Let it have some, for as long as it runs."""
    group = GROUPS / inspect(container, "{{.Id}}") / BUDGET
    if group.exists():
        _give_all()
        group.write_text(str(OURS))


def options() -> list[str]:
    """What `docker run` is told for a container that may have some from its start."""
    permission = "--cap-add=SYS_NICE"
    if not (GROUPS / BUDGET).exists():
        return [permission]
    _give_all()
    return [permission, f"--cpu-rt-runtime={OURS}"]


def _give_all() -> None:
    """That of all containers stays: another one may have some of it."""
    (GROUPS / BUDGET).write_text(str(max(ALL, int((GROUPS / BUDGET).read_text()))))
