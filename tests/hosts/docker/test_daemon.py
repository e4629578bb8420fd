"""Which daemon a host's commands go to: the one that the docker plugin follows, in each way to choose one."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pulumi
import pulumi_docker as docker
import pytest

from hacomponents import MemcachedTier
from hacomponents.docker import Network
from hacomponents.hosts.docker import daemon
from hacomponents.hosts.local_reach import LocalReach
from hacomponents.hosts.reach import AGENT
from tests.components.program import CONFIG, Run, run

if TYPE_CHECKING:
    from collections.abc import Mapping

REMOTE = "ssh://root@box"
EXPLICIT = {"DOCKER_HOST": REMOTE, "DOCKER_CONTEXT": "default"}
CERTIFICATES = {"DOCKER_CERT_PATH": "/etc/certs", "DOCKER_TLS_VERIFY": "1"}


def site(config: Mapping[str, str] | None = None, **provider: Any) -> Run:
    """A site with a host, and the settings of its provider, if it has one of its own."""

    def program() -> None:
        given: list[pulumi.ProviderResource] = [docker.Provider("box", **provider)] if provider else []
        opts = pulumi.ResourceOptions(providers=given)
        net = Network("cache", cidr="10.10.0.0/24", opts=opts)
        MemcachedTier("mem", hosts=net.hosts("mem", 1), opts=opts)

    return run(program, {**CONFIG, **(config or {})})


def environments(result: Run) -> list[dict[str, str]]:
    """Those of a host's commands."""
    assert "" == result.error
    return [command.inputs["environment"] for command in result.of_type("command:local:Command").values()]


@pytest.fixture(autouse=True)
def _no_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DOCKER_HOST", "DOCKER_CONTEXT"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({}, {}),
        ({"host": REMOTE}, EXPLICIT),
        ({"host": REMOTE, "cert_path": "/etc/certs"}, EXPLICIT | CERTIFICATES),
        ({"cert_path": "/etc/certs"}, CERTIFICATES),
        ({"context": "box"}, {"DOCKER_CONTEXT": "box"}),
        ({"context": "box", "host": REMOTE}, {"DOCKER_CONTEXT": "box"}),
    ],
)
def test_settings(settings: dict[str, str], expected: dict[str, str]) -> None:
    """
    A provider of the program and the stack's configuration are followed alike, by every command of a host.
    """
    names = {"host": "host", "context": "context", "cert_path": "certPath"}
    configured = site({f"docker:{names[key]}": value for key, value in settings.items()})
    of_provider = site(None, disable_docker_daemon_check=True, **settings)

    assert {json.dumps(expected, sort_keys=True)} == {
        json.dumps(each, sort_keys=True) for result in (configured, of_provider) for each in environments(result)
    }


def test_variables_are_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """
    What the shell says is the shell's: a colleague who reaches the same daemon by another address changes nothing.
    """
    monkeypatch.setenv("DOCKER_HOST", REMOTE)

    assert [{}, {}] == environments(site())


@pytest.mark.parametrize(
    ("config", "provider", "error"),
    [
        (
            {},
            {"ca_material": "PEM"},
            (
                "the docker provider: ca_material: must not be given, since pushes could not use it; give cert_path, "
                "a folder with ca.pem, cert.pem and key.pem, instead"
            ),
        ),
        (
            {"docker:host": REMOTE, "docker:sshOpts": '["-p", "2222"]'},
            {},
            (
                "docker: ssh_opts: must not be given, since pushes could not use it; put them in ~/.ssh/config, "
                "for that host, instead"
            ),
        ),
    ],
)
def test_what_the_docker_command_cannot_be_given(config: dict[str, str], provider: dict[str, Any], error: str) -> None:
    """
    Where a push could not go where the plugin goes, nothing is created.
    """
    result = site(config, **provider)

    assert error in result.error
    assert {} == result.of_type("docker:index/container:Container")


def test_two_daemons_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """
    A host in the configuration and DOCKER_CONTEXT in the shell: plugins differ in which they follow.
    """
    monkeypatch.setenv("DOCKER_CONTEXT", "box")

    assert (
        "docker: host: must not be given beside the variable DOCKER_CONTEXT (got 'box'), "
        "which some plugins follow instead; unset DOCKER_CONTEXT"
    ) in site({"docker:host": REMOTE}).error


def test_commands_address_the_very_container() -> None:
    """
    Each command goes to a container by its id, and never where `docker context use` points.
    """
    commands = site().of_type("command:local:Command")
    prefix = 'docker --context "${DOCKER_CONTEXT:-default}" exec -i cache.mem-1-id '

    assert {"cache.mem-1-agent", "cache.mem-1-push"} == commands.keys()
    assert all(command.inputs["create"].startswith(prefix) for command in commands.values())
    assert commands["cache.mem-1-push"].inputs["delete"].startswith(f"{prefix}hacomponents-agent retire || ")


def test_what_a_person_types() -> None:
    """
    Remedies name the container, which a person knows, and not its id.
    """
    said: list[str] = []

    def program() -> None:
        reach = LocalReach("web-1", pulumi.Output.from_input("unseen"), daemon.typed("rails_ha-web-1"))
        said.append(reach.words(f"{AGENT} status"))

    run(program)
    assert ["docker exec rails_ha-web-1 hacomponents-agent status"] == said
