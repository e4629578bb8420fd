"""The real daemons accept every golden file, and every file of random valid sites."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, Phase, assume, given, settings

from hacomponents.render import bundle_of
from hacomponents.topology.platform import DEFAULT_PLATFORM
from tests.daemons import CHECKS, Check, command, releases
from tests.golden.files import STACKS, recorded, rendered
from tests.strategies import sites

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from hacomponents.topology.platform import Platform
    from hacomponents.topology.site import Site
    from tests.daemons import Lab

pytestmark = pytest.mark.daemons


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test of a `platform` runs for each release that there is a lab of."""
    if "platform" in metafunc.fixturenames:
        metafunc.parametrize("platform", releases(metafunc.config), ids=lambda platform: platform.name)


@pytest.mark.parametrize("stack", STACKS)
def test_golden_files(labs: Mapping[str, Lab], stack: str, platform: Platform) -> None:
    """
    The daemons of each release accept each golden file, as it is for that release, without a word.
    """
    files = recorded(stack) if platform is DEFAULT_PLATFORM else rendered(stack, platform)
    checks = {}
    for name, text in files.items():
        host, path = name.split("/", 1)
        if command(f"/{path}"):
            checks[name.replace("/", "_")] = Check(
                f"/{path}", text, _address(json.loads(files[f"{host}/services.json"]))
            )

    assert len(checks) > 1
    assert {} == labs[platform.name].complaints(checks)


def _address(bundle: dict[str, dict[str, dict[str, str]]]) -> str:
    """Where keepalived expects to be; without one, anywhere."""
    return bundle["services"].get("keepalived", {"source": "10.10.0.5"})["source"] + "/24"


def test_random_sites(labs: Mapping[str, Lab], *, thorough: bool) -> None:
    """
    The daemons accept every file of random valid sites without a word: of 300, or of 3000 with --thorough.
    """
    drawn: dict[str, list[Site]] = {name: [] for name in labs}

    @settings(
        max_examples=3000 if thorough else 300,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(sites())
    def draw(site: Site) -> None:
        assume(site.network.platform in drawn)
        drawn[site.network.platform].append(site)

    draw()
    for release, found in drawn.items():
        checks = dict(check for number, site in enumerate(found) for check in _checks(number, site))
        complaints = labs[release].complaints(checks)

        assert len(found) >= 20
        assert {} == {f"{name}: {found[int(name.split('-')[0])]}": words for name, words in complaints.items()}


def _checks(number: int, site: Site) -> Iterator[tuple[str, Check]]:
    """The files of all hosts of a site, by a name that begins with its number; alike ones, but for addresses, once."""
    seen = set()
    prefix = site.network.cidr.split("/")[1]
    for host in {host for tier in site.tiers for host in tier.hosts}:
        for path, entry in json.loads(bundle_of(site, host).text)["files"].items():
            alike = (path, entry.get("content", "").replace(host.address, ""))
            if command(path) and alike not in seen:
                seen.add(alike)
                address = f"{host.address}/{prefix}"
                yield f"{number}-{host.name}{path.replace('/', '_')}", Check(path, entry["content"], address)


@pytest.mark.parametrize("path", CHECKS)
def test_a_broken_file_is_refused(lab: Lab, path: str) -> None:
    """
    The lab itself works: each daemon refuses what is no file of its own.
    """
    said = lab.complaints({"broken": Check(path.replace("*", "x"), "nonsense {\n", "10.10.0.5/24")})

    assert said["broken"].partition(":")[0] not in ("", "exit 0")
