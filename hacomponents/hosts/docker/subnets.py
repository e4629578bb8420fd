"""The subnets of a network that exists: Docker would replace it for others, and all its hosts with it, at once."""

import asyncio
import json
import os
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pulumi
from pulumi.runtime.mocks import MockMonitor
from pulumi.runtime.settings import get_monitor

from hacomponents.errors import Problem
from hacomponents.hosts.docker import daemon, labels
from hacomponents.topology.network import Network

ANSWER = 10  # seconds
REMEDY = "leave it as it is, or move to a second stack beside this one (docs/how-to/subnets.md)"


async def check_subnets(network: Network, name: str, component: pulumi.Resource) -> Sequence[Problem]:
    """What a live network of this stack has otherwise than declared; nothing where none is up, or no daemon answers.

    Args:
        network: as declared.
        name: Docker's.
        component: whose provider says which daemon has it.
    """
    if isinstance(get_monitor(), MockMonitor):
        return []
    environment = await daemon.environment(component).future()
    if environment is None:  # a provider that a preview does not know yet has no network that is up
        return []
    found = await asyncio.to_thread(_inspect, name, environment)
    if not labels.ours().items() <= (found.get("Labels") or {}).items():
        return []
    pools = found["IPAM"]["Config"] or []
    return list(differences(network, [pool["Subnet"] for pool in pools]))


def differences(network: Network, subnets: Sequence[str]) -> Iterator[Problem]:
    """One for each setting that is not as in the network that exists.

    Args:
        network: as declared.
        subnets: of the other.
    """
    settings = (("cidr", network.cidr, network.subnet, "."), ("cidr6", network.cidr6, network.subnet6, ":"))
    for setting, given, subnet, mark in settings:
        if given and not subnet:
            continue  # a rule says so
        now = [each for each in subnets if mark in each]
        if now != ([str(subnet)] if subnet else []):
            rule = f"cannot change while the network is up: it has {now[0] if now else 'none'}, and all hosts are on it"
            yield Problem(f"network {network.name}.{setting}", rule, REMEDY, given)


def _inspect(name: str, environment: Mapping[str, Any]) -> Mapping[str, Any]:
    """What Docker says of the network; nothing where it says nothing: then there is nothing to lose."""
    command = ["sh", "-c", f'exec {daemon.COMMAND} network inspect --format "{{{{json .}}}}" "$0"', name]
    try:
        done = subprocess.run(
            command, env={**os.environ, **environment}, capture_output=True, text=True, timeout=ANSWER, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        pulumi.log.debug(f"{name}: {error}")
        return {}
    return dict(json.loads(done.stdout)) if done.returncode == 0 else {}
