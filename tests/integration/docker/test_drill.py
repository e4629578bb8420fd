"""`make drill` breaks a running stack, tells what it sees, and leaves the stack as it was."""

from __future__ import annotations

import re
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest

from tests.integration.docker.stack import REPOSITORY

if TYPE_CHECKING:
    from tests.integration.docker.site import Site

pytestmark = pytest.mark.integration


def drill(site: Site, **variables: str) -> tuple[int, str, str]:
    """Exit status of the command, and what it wrote to standard output and to standard error."""
    environment = {**site.stack.environment(), "STACK": site.stack.name, **variables}
    done = subprocess.run(
        ["toolchain/run", "drill"], cwd=REPOSITORY, env=environment, stdin=subprocess.DEVNULL,
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    return done.returncode, done.stdout, done.stderr


def test_nobody_agrees(site: Site) -> None:
    """
    Where nobody is at a terminal, the drill names what it would break, and breaks nothing.
    """
    holder = site.web.holder

    code, _, said = drill(site)

    assert 1 == code
    assert f"lb ({site.lb.vip}, now on " in said
    assert f"remedy: make drill STACK={site.stack.name} YES=1" in said
    assert holder == site.web.holder


def test_a_killed_host(site: Site) -> None:
    """
    The active host of each pair is killed: the report tells a gap and the takeover, and the VIPs are back in the end.
    """
    before = site.web.holder, site.lb.holder

    began = time.monotonic()
    code, written, said = drill(site, FAULTS="kill", YES="1")
    took = time.monotonic() - began

    assert code in (0, 1), said  # 1: on a busy machine a bound may be missed, which the report then says
    rows = re.findall(r"^\| (web|lb) \| the host is killed \| ([\d.]+) s \| ([\d.]+) s \|", written, re.MULTILINE)
    assert ["web", "lb"] == [pair for pair, _, _ in rows], written + said
    assert all(0 < float(figure) < took for _, *figures in rows for figure in figures)
    report = Path(re.findall(r"^report: (.*)", written, re.MULTILINE)[0])
    assert "VIP on no host" in report.read_text()
    plot = ET.parse(report.with_name("plot.svg"))  # noqa: S314  # our own
    assert len(rows) <= sum(rect.get("fill") == "#ee6677" for rect in plot.iter("{http://www.w3.org/2000/svg}rect"))
    assert before == (site.web.holder, site.lb.holder)
