"""Fixtures of the agent's tests."""

from __future__ import annotations

import json
import signal
from typing import TYPE_CHECKING

import pytest

from hacomponents.agent.host import Host
from tests.agent.boxes import Box, boxes
from tests.agent.machine import PretendedMachine
from tests.agent.samples import SECRET

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(autouse=True)
def _signals() -> Iterator[None]:
    """A push ignores what would interrupt it; this process and what it starts later must not."""
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.fixture
def host(tmp_path: Path) -> Host:
    """A host below a temporary folder that has its secrets and nothing else; its daemons are pretended."""
    host = Host(str(tmp_path), PretendedMachine(tmp_path))
    host.vault.put(json.dumps({"secrets": SECRET}))
    return host


@pytest.fixture(scope="module")
def box() -> Iterator[Box]:
    """A machine with real daemons, alone on its network, with nothing pushed to it."""
    with boxes(1) as (box,):
        yield box
