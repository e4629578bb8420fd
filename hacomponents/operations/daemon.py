"""The Docker daemon that has a stack's containers, so that commands for them go where its pushes go."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

from hacomponents.operations import docker_objects, pulumi, reach
from hacomponents.operations.errors import OperationFailed
from hacomponents.operations.stack import CONTAINER

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hacomponents.operations.stack import DeployedStack

PROVIDER = "pulumi:providers:docker"
DEFAULT = "unix:///var/run/docker.sock"


def use(stack: DeployedStack) -> None:
    """Have every `docker` of this process, and of what it starts, ask that daemon. Raises `OperationFailed`.

    Args:
        stack: that exists in the backend.
    """
    found = recorded(stack.deployment()) or [_configured(stack)]
    if len(found) > 1:
        names = " and ".join(sorted(" ".join(each.values()) or "this shell's" for each in found))
        remedy = f"use plain `pulumi` for such a stack, and `{reach.agent('HOST', 'status')}` on each daemon"
        raise OperationFailed(f"stack {stack.name}", f"its containers are on several Docker daemons: {names}", remedy)
    os.environ.update(found[0] or _chosen())
    if "DOCKER_CONTEXT" in found[0]:
        os.environ.pop("DOCKER_HOST", None)  # which the command would follow before


def recorded(deployment: Mapping[str, Any]) -> list[dict[str, str]]:
    """What chooses each daemon that has containers of a stack, as variables; nothing where the shell chooses.

    Args:
        deployment: the stack's state.
    """
    resources = deployment.get("resources") or []
    providers = {
        f"{each['urn']}::{each['id']}": each.get("inputs", {}) for each in resources if each["type"] == PROVIDER
    }
    used = [providers.get(each["provider"], {}) for each in resources if each["type"] == CONTAINER]
    return list({json.dumps(found := variables(inputs), sort_keys=True): found for inputs in used}.values())


def variables(settings: Mapping[str, Any]) -> dict[str, str]:
    """A docker provider's settings as the `docker` command takes them."""
    if settings.get("context"):
        return {"DOCKER_CONTEXT": settings["context"]}
    path = settings.get("certPath")
    certificates = {"DOCKER_CERT_PATH": path, "DOCKER_TLS_VERIFY": "1"} if path else {}
    return {**({"DOCKER_HOST": settings["host"]} if settings.get("host") else {}), **certificates}


def _configured(stack: DeployedStack) -> dict[str, str]:
    """What the stack's configuration chooses."""
    configured = json.loads(pulumi.ask("config", "--json", "--stack", stack.name))
    return variables({key.removeprefix("docker:"): entry.get("value") for key, entry in configured.items()})


def _chosen() -> dict[str, str]:
    """What the shell chooses, but for `docker context use`, which no plugin follows."""
    if os.environ.get("DOCKER_HOST") or os.environ.get("DOCKER_CONTEXT"):
        return {}
    return {} if docker_objects.context() == "default" else {"DOCKER_HOST": DEFAULT}
