"""The real daemons accept every golden file, and every file of random valid sites."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from hacomponents.render import bundle_of
from tests.daemons import CHECKS, Check
from tests.golden.files import STACKS, recorded
from tests.strategies import sites

if TYPE_CHECKING:
    from hacomponents.topology.site import Site
    from tests.daemons import Lab

pytestmark = pytest.mark.daemons


@pytest.mark.parametrize("stack", STACKS)
def test_golden_files(lab: Lab, stack: str) -> None:
    """
    keepalived, haproxy and nginx accept each golden file without a word.
    """
    files = recorded(stack)
    checks = {}
    for name, text in files.items():
        host, path = name.split("/", 1)
        if f"/{path}" in CHECKS:
            checks[name.replace("/", "_")] = Check(
                f"/{path}", text, _address(json.loads(files[f"{host}/services.json"]))
            )

    assert len(checks) > 1
    assert {} == lab.complaints(checks)


def _address(bundle: dict[str, dict[str, dict[str, str]]]) -> str:
    return f"{bundle['services']['keepalived']['source']}/24"


@settings(max_examples=3, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
@given(st.lists(sites(), min_size=60, max_size=60))
def test_random_sites(lab: Lab, batch: list[Site]) -> None:
    """
    The daemons accept every file of random valid sites without a word.
    """
    checks = {}
    for number, site in enumerate(batch):
        for host in {host for tier in site.tiers for host in tier.hosts}:
            prefix = site.network.cidr.split("/")[1]
            for path, entry in json.loads(bundle_of(site, host).text)["files"].items():
                if path in CHECKS:
                    name = f"{number}-{host.name}{path.replace('/', '_')}"
                    checks[name] = Check(path, entry["content"], f"{host.address}/{prefix}")

    assert {} == lab.complaints(checks)


@pytest.mark.parametrize("path", CHECKS)
def test_a_broken_file_is_refused(lab: Lab, path: str) -> None:
    """
    The lab itself works: each daemon refuses a word that it does not know.
    """
    said = lab.complaints({"broken": Check(path, "nonsense {\n", "10.10.0.5/24")})

    assert "nonsense" in said["broken"]
