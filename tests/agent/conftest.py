"""Fixtures of the agent's tests."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from hacomponents.agent.host import Host
from tests.agent.machine import PretendedMachine
from tests.agent.samples import SECRET

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def host(tmp_path: Path) -> Host:
    """A host below a temporary folder that has its secrets and nothing else; its daemons are pretended."""
    host = Host(str(tmp_path), PretendedMachine(tmp_path))
    host.vault.put(json.dumps({"secrets": SECRET}))
    return host
