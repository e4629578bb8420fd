"""The scripts that start services."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

from hacomponents.agent.supervisor import Program

if TYPE_CHECKING:
    from pathlib import Path

    from hacomponents.agent.host import Host


def test_a_directory_that_is_there_is_left_alone(host: Host, tmp_path: Path) -> None:
    """
    A service's directory is made where it is missing; the system's own of the same name keeps its owner and its mode.
    """
    systems, new = tmp_path / "dpkg", tmp_path / "app data"
    systems.mkdir(mode=0o700)
    program = Program(["true"], "TERM", directories=[str(systems), str(new)])

    script = host.supervisor.run_files("app", program, "0123456789ab", "0123456789ab")["runit/app/run"]
    preparation = script.partition("echo $$")[0]
    subprocess.run(["sh", "-c", preparation], check=True)

    assert (0o40700, 0o40755) == (systems.stat().st_mode, new.stat().st_mode)
