"""What must be so for a reload of haproxy, and what its master says of one, release by release."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from hacomponents.agent.bundle import Service
from hacomponents.agent.daemons.haproxy import Haproxy
from hacomponents.agent.errors import StepFailed
from hacomponents.agent.machine import Listener
from tests.agent.machine import PretendedMachine

if TYPE_CHECKING:
    from pathlib import Path

    from hacomponents.agent.machine import Place

ALL = "0.0.0.0"  # noqa: S104  # what a socket says
HEAD = "#<PID> <type> <reloads> <uptime> <version>\n"
STARTED = HEAD + "6 master 0 [failed: 0] 0d00h00m01s 3.2.26\n# workers\n9 worker 0 0d00h00m01s 3.2.26\n\n"
GOOD = HEAD + "6 master 1 [failed: 0] 0d00h00m02s 3.2.26\n# workers\n15 worker 0 0d00h00m01s 3.2.26\n\n"
FAILED = (
    HEAD + "6 master 2 [failed: 1] 0d00h00m04s 3.2.26\n# workers\n# old workers\n15 worker 1 0d00h00m03s 3.2.26\n\n"
)
AGAIN = HEAD + "6 master 3 [failed: 1] 0d00h00m05s 3.2.26\n# workers\n# old workers\n15 worker 2 0d00h00m04s 3.2.26\n\n"
AGAIN_BEFORE = (
    HEAD + "6 master 3 [failed: 2] 0d00h00m05s 3.0.11\n# workers\n# old workers\n15 worker 2 0d00h00m04s 3.0.11\n\n"
)
LOADING = (
    HEAD + "6 master 4 [failed: 1] 0d00h00m06s 3.2.26\n# workers\n53 worker 0 0d00h00m00s 3.2.26\n# old workers\n"
    "15 worker 3 0d00h00m05s 3.2.26\n\n"
)
SILENT = ""


class Telling(PretendedMachine):
    """A machine whose haproxy says this, one after the other."""

    said: list[str]

    def ask(self, place: Place, question: str, timeout: float = 2) -> str:  # noqa: ARG002
        """The next."""
        return self.said.pop(0)


@pytest.mark.parametrize(
    ("before", "after", "failed"),
    [
        (STARTED, STARTED, False),
        (STARTED, GOOD, False),
        (GOOD, FAILED, True),
        (FAILED, FAILED, False),
        (FAILED, AGAIN, True),
        (FAILED, AGAIN_BEFORE, True),
        (AGAIN, LOADING, False),
        (AGAIN, SILENT, False),
        (SILENT, STARTED, False),
    ],
)
def test_a_failed_reload(before: str, after: str, failed: bool, tmp_path: Path) -> None:  # noqa: FBT001
    """
    A reload has failed that the master counts as such, also where it counts only the first of several in a row.
    """
    machine = Telling(tmp_path)
    machine.said = [before, after]
    haproxy = Haproxy(Service("haproxy", {"daemon": "haproxy"}), machine, None, "", "")  # type: ignore[arg-type]

    assert failed == haproxy._has_failed(haproxy._reloads())  # noqa: SLF001


class Shared(PretendedMachine):
    """A machine where others listen, too."""

    others: list[Listener]

    def listeners(self) -> list[Listener]:
        """Ours among them."""
        return [Listener(ALL, 80, "haproxy"), *self.others]


@pytest.mark.parametrize(
    ("bind", "address", "taken"),
    [
        ("10.0.0.1:80", "10.0.0.1", True),
        ("10.0.0.1:80 accept-proxy", ALL, True),
        ("10.0.0.1:80", "*", True),
        (":80", "10.0.0.1", True),
        ("*:80", ALL, True),
        ("[fd00::1]:80", "::", True),
        ("[fd00::1]:80", "fd00::1", True),
        ("10.0.0.1:80", "10.0.0.2", False),
        ("10.0.0.1:80", "::", False),
        ("[fd00::1]:80", ALL, False),
        ("10.0.0.1:8080", "10.0.0.1", False),
    ],
)
def test_ports_of_others(bind: str, address: str, taken: bool, tmp_path: Path) -> None:  # noqa: FBT001
    """
    A frontend whose socket would meet one of another program is refused; haproxy's own is no obstacle.
    """
    machine = Shared(tmp_path)
    machine.others = [Listener(address, 80, "nginx")]
    (tmp_path / "haproxy.cfg").write_text(f"frontend f\n    bind {bind}\n")
    service = Service("haproxy", {"daemon": "haproxy", "config": "/haproxy.cfg"})
    haproxy = Haproxy(service, machine, None, "", "")  # type: ignore[arg-type]

    if not taken:
        haproxy.check(str(tmp_path))
        return
    with pytest.raises(StepFailed, match="haproxy refused") as refused:
        haproxy.check(str(tmp_path))
    port = bind.partition(" ")[0]
    assert f"{port} is taken: nginx listens on {address}:80; take another port" in refused.value.evidence
