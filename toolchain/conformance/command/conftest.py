"""One plugin process for most rows, fresh ones for those that end theirs, and an SSH server."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from toolchain.conformance.command.kinds import LOCAL, REMOTE, Kind
from toolchain.conformance.command.sshd import SSHD, Server
from toolchain.conformance.engine import Plugin

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="session")
def command(pointed_at: Path | None) -> list[str]:
    """What starts the plugin under test."""
    if pointed_at:
        return [str(pointed_at / "pulumi-resource-command")]
    start = (
        f"import runpy, sys; sys.path.insert(0, {str(ROOT)!r}); runpy.run_module(sys.argv.pop(1), run_name='__main__')"
    )
    return [sys.executable, "-c", start, "toolchain.plugins.command"]


@pytest.fixture(scope="session")
def start(command: list[str], tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Plugin]:
    """Starts a plugin process in an empty folder, with a passphrase in its environment, as the CLI has it."""

    def started() -> Plugin:
        environment = {"PULUMI_CONFIG_PASSPHRASE": "the passphrase", "SSH_AUTH_SOCK": ""}
        return Plugin(command, tmp_path_factory.mktemp("program"), environment)

    return started


@pytest.fixture(scope="session")
def plugin(start: Callable[[], Plugin]) -> Iterator[Plugin]:
    """The plugin process that rows share."""
    with start() as plugin:
        yield plugin


@pytest.fixture
def own_plugin(start: Callable[[], Plugin]) -> Iterator[Plugin]:
    """A plugin process of the test's own, to be cancelled."""
    with start() as plugin:
        yield plugin


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """An SSH server on this machine."""
    if not SSHD.exists():
        pytest.skip("no openssh-server on this machine")
    with Server(tmp_path_factory.mktemp("sshd")) as server:
        yield server


@pytest.fixture(params=[LOCAL, REMOTE])
def kind(request: pytest.FixtureRequest) -> Kind:
    """Both kinds of command, each with the inputs that it cannot do without."""
    if request.param == LOCAL:
        return Kind(LOCAL, {})
    server: Server = request.getfixturevalue("server")
    return Kind(REMOTE, {"connection": server.connection()})


@pytest.fixture(autouse=True)
def _deviation(request: pytest.FixtureRequest, plugin: Plugin) -> None:
    """Leave the official plugin alone where ours is better on purpose."""
    marker = request.node.get_closest_marker("deviates")
    if marker and plugin.official:
        pytest.skip(marker.args[0])
